// Names and topics of the wire convention (docs/protocol.md). Nothing is sent under a name that is not valid.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wsmq/export.hpp"
#include "wsmq/messaging/convention.hpp"
#include "wsmq/messaging/error.hpp"

namespace wsmq::messaging {

/// Empty, or the beginning of a topic name that ends in '/' and does not begin with '$'.
[[nodiscard]] WSMQ_EXPORT bool is_valid_root(std::string_view root) noexcept;
/// A service or a method: 1 to 64 of A-Z a-z 0-9 _ . -
[[nodiscard]] WSMQ_EXPORT bool is_valid_name(std::string_view name) noexcept;
/// As a name; the first character is no underscore, which is kept for the convention's own.
[[nodiscard]] WSMQ_EXPORT bool is_valid_instance(std::string_view instance) noexcept;
/// An org or a user: 1 to 64 bytes of UTF-8 without '/', '+', '#', ':', control characters and
/// noncharacters.
[[nodiscard]] WSMQ_EXPORT bool is_valid_account_part(std::string_view part) noexcept;
/// A serial number: 1 to 128 bytes of UTF-8 without '/', '+', '#', control characters and noncharacters.
[[nodiscard]] WSMQ_EXPORT bool is_valid_level(std::string_view level) noexcept;
/// A room: as a serial number; those that begin with an underscore are the convention's own.
[[nodiscard]] WSMQ_EXPORT bool is_valid_room(std::string_view room) noexcept;

/// The parts of {org}:{user}:{rand}; views into the uid. `rand` is 4 to 16 of a-z0-9.
struct UidParts {
    std::string_view org;
    std::string_view user;
    std::string_view rand;
};
/// Nothing where it is not a valid uid.
[[nodiscard]] WSMQ_EXPORT std::optional<UidParts> parse_uid(std::string_view uid) noexcept;
[[nodiscard]] WSMQ_EXPORT bool is_valid_uid(std::string_view uid) noexcept;

/// `size` characters of a-z0-9, 4 to 12, from 64 random bits of a cryptographic source.
[[nodiscard]] WSMQ_EXPORT std::string make_rand(std::uint64_t random, std::size_t size = 4);
/// Errors: invalid_name.
[[nodiscard]] WSMQ_EXPORT Result<std::string> make_uid(std::string_view org, std::string_view user,
                                                       std::string_view rand);

/// Builds the topics below one root. Precondition: the arguments are valid names.
class WSMQ_EXPORT Topics {
public:
    explicit Topics(std::string_view root) : root_{root} {}

    [[nodiscard]] std::string_view root() const noexcept { return root_; }
    /// The topic without the root; nothing where it is not below it.
    [[nodiscard]] std::optional<std::string_view> below_root(std::string_view topic) const noexcept;

    // A '+' in the place of a name makes the filter.
    [[nodiscard]] std::string status(std::string_view uid) const;
    [[nodiscard]] std::string device(std::string_view serial_number) const;
    /// An empty service is the unnamed backend.
    [[nodiscard]] std::string request(std::string_view service, std::string_view uid) const;
    [[nodiscard]] std::string shared_requests(std::string_view service) const;  ///< the instances' common filter
    [[nodiscard]] std::string response(std::string_view uid) const;
    [[nodiscard]] std::string peer(std::string_view to, std::string_view from) const;
    [[nodiscard]] std::string room(std::string_view room, std::string_view from) const;
    [[nodiscard]] std::string record(std::string_view service, std::string_view instance) const;
    [[nodiscard]] std::string instance(std::string_view service, std::string_view instance, std::string_view uid) const;

private:
    [[nodiscard]] std::string join(std::string_view kind, std::string_view first, std::string_view second = {},
                                   std::string_view third = {}) const;
    std::string root_;
};

/// The levels of a topic, at most as many as topics of the convention have.
struct Levels {
    static constexpr std::size_t most = 5;
    std::string_view level[most];
    std::size_t count = 0;  ///< 0: too many
    [[nodiscard]] WSMQ_EXPORT static Levels of(std::string_view topic) noexcept;
};

}  // namespace wsmq::messaging
