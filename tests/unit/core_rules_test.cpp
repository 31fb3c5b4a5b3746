// The rules that the engine's sources keep: no input or output, no time, no chance, no threads, no exceptions, and no
// looking upwards.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace wsmq::test {
namespace {

namespace fs = std::filesystem;

using Tokens = std::vector<std::string>;

struct Source {
    std::string path;                  ///< below core/
    std::vector<std::string> headers;  ///< included, with their brackets or quotes
    Tokens tokens;                     ///< words, and every other character by itself; no comments, no literals
};

bool is_word(char c) { return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0; }

std::string read(const fs::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// Where the comment or literal that begins at `from` ends; `from` where none begins there.
std::size_t skip(const std::string& text, std::size_t from) {
    const auto behind = [&](std::size_t at, std::size_t length) {
        return at == std::string::npos ? text.size() : at + length;
    };
    if (text.compare(from, 2, "//") == 0) return behind(text.find('\n', from), 0);
    if (text.compare(from, 2, "/*") == 0) return behind(text.find("*/", from + 2), 2);
    const char quote = text[from];
    if (quote != '"' && quote != '\'') return from;
    std::size_t at = from + 1;
    while (at < text.size() && text[at] != quote) at += text[at] == '\\' ? 2 : 1;
    return std::min(at + 1, text.size());
}

/// An apostrophe between digits belongs to the number.
std::size_t end_of_word(const std::string& text, std::size_t from) {
    const bool is_number = std::isdigit(static_cast<unsigned char>(text[from])) != 0;
    while (from < text.size() && (is_word(text[from]) || (is_number && text[from] == '\''))) ++from;
    return from;
}

Tokens tokens_of(const std::string& text) {
    Tokens tokens;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t skipped = skip(text, at);
        if (skipped != at || std::isspace(static_cast<unsigned char>(text[at])) != 0) {
            at = std::max(skipped, at + 1);
            continue;
        }
        const std::size_t end = is_word(text[at]) ? end_of_word(text, at) : at + 1;
        tokens.push_back(text.substr(at, end - at));
        at = end;
    }
    return tokens;
}

std::vector<std::string> headers_of(const std::string& text) {
    constexpr std::string_view include = "#include ";
    std::vector<std::string> headers;
    for (std::size_t at = text.find(include); at != std::string::npos; at = text.find(include, at)) {
        at += include.size();
        headers.push_back(text.substr(at, text.find('\n', at) - at));
    }
    return headers;
}

const std::vector<Source>& sources() {
    static const std::vector<Source> all = [] {
        std::vector<Source> found;
        const fs::path core = fs::path{WSMQ_SOURCE_DIR} / "core";
        for (const auto& entry : fs::recursive_directory_iterator{core}) {
            const std::string extension = entry.path().extension().string();
            if (extension != ".cpp" && extension != ".hpp") continue;
            const std::string text = read(entry.path());
            found.push_back({fs::relative(entry.path(), core).generic_string(), headers_of(text), tokens_of(text)});
        }
        return found;
    }();
    return all;
}

/// Each is code: a word, or several tokens in a row.
void forbid(std::initializer_list<const char*> codes) {
    for (const char* code : codes) {
        const Tokens wanted = tokens_of(code);
        for (const Source& source : sources()) {
            const auto at = std::search(source.tokens.begin(), source.tokens.end(), wanted.begin(), wanted.end());
            EXPECT_TRUE(at == source.tokens.end()) << source.path << " has " << code;
        }
    }
}

/// Each is how a header begins, bracket or quote included.
void forbid_headers(std::initializer_list<std::string_view> beginnings, std::string_view below = {}) {
    for (const Source& source : sources()) {
        if (!source.path.starts_with(below)) continue;
        for (const std::string& header : source.headers) {
            for (const std::string_view beginning : beginnings) {
                EXPECT_FALSE(header.starts_with(beginning)) << source.path << " includes " << header;
            }
        }
    }
}

TEST(CoreRules, AreCheckedOnAllSources) { EXPECT_GT(sources().size(), 20u); }

TEST(CoreRules, ForbidInputAndOutput) {
    forbid_headers({"<iostream>", "<ostream>", "<istream>", "<sstream>", "<fstream>", "<iomanip>", "<cstdio>",
                    "<stdio.h>", "<print>", "<filesystem>", "<locale>"});
    forbid({"printf", "fprintf", "snprintf", "vprintf", "puts", "fopen", "cout", "cerr", "clog"});
}

TEST(CoreRules, ForbidClocks) {
    forbid_headers({"<ctime>", "<time.h>"});
    forbid({"::now(", "system_clock", "high_resolution_clock", "gettimeofday", "clock_gettime"});
}

TEST(CoreRules, ForbidChanceThatIsNotInjected) {
    forbid_headers({"<random>"});
    forbid({"random_device", "rand(", "srand("});
}

TEST(CoreRules, ForbidThreads) {
    forbid_headers({"<thread>", "<mutex>", "<shared_mutex>", "<condition_variable>", "<atomic>", "<future>",
                    "<stop_token>", "<semaphore>", "<latch>", "<barrier>"});
    forbid({"thread_local", "volatile", "jthread"});
}

TEST(CoreRules, ForbidExceptionsAndRtti) {
    forbid_headers({"<stdexcept>", "<exception>", "<system_error>", "<typeinfo>", "<any>"});
    // The value() of an optional throws.
    forbid({"throw", "try", "catch", "dynamic_cast", "typeid", ".value()"});
}

TEST(CoreRules, ForbidEndingTheProgram) {
    forbid_headers({"<cassert>", "<assert.h>", "<csignal>"});
    forbid({"abort(", "assert(", "exit(", "_Exit(", "quick_exit(", "terminate(", "unreachable(", "__builtin_trap("});
}

TEST(CoreRules, LetNothingInButTheStandardLibrary) {
    for (const Source& source : sources()) {
        for (const std::string& header : source.headers) {
            // The standard library's headers have neither extension nor folder; ours have both.
            const bool standard = header.starts_with('<') && header.find_first_of("./") == std::string::npos;
            const bool ours = header.starts_with("\"wsmq/") || header.starts_with("\"codec/") ||
                              header.starts_with("\"session/") || header.starts_with("\"client/");
            EXPECT_TRUE(standard || ours) << source.path << " includes " << header;
        }
    }
}

TEST(CoreRules, LetNobodyLookUpwards) {
    forbid_headers({"\"session/", "\"client/"}, "codec/");
    forbid_headers({"\"client/"}, "session/");
    forbid_headers({"\"codec/", "\"session/", "\"client/"}, "include/");
}

TEST(CoreRules, AreNotFooledByCommentsAndLiterals) {
    const Tokens expected{"a", "b", "c", "1'000'000", "d", ".", "e", "(", ")"};
    EXPECT_EQ(tokens_of("a // throw\nb /* abort() */ c \"throw \\\" x\" 1'000'000 '\\'' d.e()"), expected);
    EXPECT_EQ(headers_of("#include \"x/y.hpp\"\n#include <z>\n"), (Tokens{"\"x/y.hpp\"", "<z>"}));
}

}  // namespace
}  // namespace wsmq::test
