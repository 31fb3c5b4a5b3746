#include "json_rpc/scan.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <nlohmann/json.hpp>

namespace wsmq::messaging::json_rpc {

namespace {

// Our own serializer type makes the instances of the library's templates local to this file: the program may use the
// library too, compiled with exceptions.
template <class, class> struct LocalSerializer {};
using Json = nlohmann::basic_json<std::map, std::vector, std::string, bool, std::int64_t, std::uint64_t, double,
                                  std::allocator, LocalSerializer>;

/// Reads the text and records the position of the lexer.
class Cursor {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    Cursor(const char* at, const char** reached) : at_{at}, reached_{reached} {}
    reference operator*() const noexcept { return *at_; }
    Cursor& operator++() noexcept {
        *reached_ = ++at_;
        return *this;
    }
    friend bool operator==(const Cursor& a, const Cursor& b) noexcept { return a.at_ == b.at_; }

private:
    const char* at_;
    const char** reached_;
};

bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// The library's events. The lexer has read exactly the token that an event is about, but for a number, behind which it
/// has looked at one character.
class Walker final : public nlohmann::json_sax<Json> {
public:
    Walker(ScanResult& scanned, const char*& reached) : scanned_{scanned}, reached_{reached} {}

    bool null() override { return value(Type::null); }
    bool boolean(bool) override { return value(Type::boolean); }
    bool number_integer(number_integer_t) override { return value(Type::number); }
    bool number_unsigned(number_unsigned_t) override { return value(Type::number); }
    bool number_float(number_float_t, const string_t&) override { return value(Type::number); }
    bool string(string_t& text) override {
        value(Type::string);
        if (depth_ == 1 && in_object_) scanned_.members.back().text = std::move(text);
        return true;
    }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(Type::object); }
    bool end_object() override { return close(Type::object); }
    bool start_array(std::size_t) override { return open(Type::array); }
    bool end_array() override { return close(Type::array); }
    bool key(string_t& name) override {
        if (depth_ == 1) {
            scanned_.members.emplace_back().key = std::move(name);
            behind_key_ = reached_;
        }
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

private:
    bool value(Type type) {
        if (depth_ == 0) scanned_.type = type;
        if (depth_ == 1 && in_object_) finish(type, type == Type::number ? reached_ - 1 : reached_);
        return true;
    }
    bool open(Type type) {
        if (depth_ == 0) {
            scanned_.type = type;
            in_object_ = type == Type::object;
        }
        ++depth_;
        return true;
    }
    bool close(Type type) {
        --depth_;
        if (depth_ == 1 && in_object_) finish(type, reached_);
        return true;
    }
    void finish(Type type, const char* end) {
        const char* begin = behind_key_;
        while (is_space(*begin)) ++begin;
        ++begin;  // the colon
        while (is_space(*begin)) ++begin;
        Member& member = scanned_.members.back();
        member.type = type;
        member.raw = {begin, static_cast<std::size_t>(end - begin)};
    }

    ScanResult& scanned_;
    const char*& reached_;
    const char* behind_key_ = nullptr;
    std::size_t depth_ = 0;
    bool in_object_ = false;
};

template <class Number> std::optional<Number> number_of(const Member* member) noexcept {
    if (member == nullptr || member->type != Type::number) return std::nullopt;
    Number number{};
    const char* end = member->raw.data() + member->raw.size();
    const auto [behind, error] = std::from_chars(member->raw.data(), end, number);
    return error == std::errc{} && behind == end ? std::optional{number} : std::nullopt;
}

}  // namespace

const Member* ScanResult::find(std::string_view key) const noexcept {
    const auto found = std::ranges::find(members, key, &Member::key);
    return found == members.end() ? nullptr : &*found;
}

ScanResult scan(std::string_view text) {
    ScanResult scanned;
    // The library accepts NUL as the end of input, and skips a byte order mark, which is not JSON.
    if (text.empty() || text.find('\0') != std::string_view::npos || text.front() == '\xEF') return scanned;
    const char* reached = text.data();
    Walker walker{scanned, reached};
    scanned.ok = Json::sax_parse(Cursor{text.data(), &reached}, Cursor{text.data() + text.size(), &reached}, &walker);
    return scanned;
}

bool is_true(const Member* member) noexcept { return member != nullptr && member->raw == "true"; }

std::optional<std::uint64_t> unsigned_of(const Member* member) noexcept { return number_of<std::uint64_t>(member); }

std::optional<std::int64_t> integer_of(const Member* member) noexcept { return number_of<std::int64_t>(member); }

}  // namespace wsmq::messaging::json_rpc
