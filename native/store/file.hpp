// A file of POSIX, with errors as values.
#pragma once
#include <boost/system/error_code.hpp>
#include <string>
#include <vector>

#include "wsmq/types.hpp"

namespace wsmq::native {

class File {
public:
    using ErrorCode = boost::system::error_code;

    File() = default;
    ~File() { close(); }
    File(File&& other) noexcept;
    File& operator=(File&& other) noexcept;

    /// For reading and writing; made when it is not there, for its owner alone.
    [[nodiscard]] static File open(const std::string& path, bool empty, ErrorCode& error);
    void close() noexcept;

    /// Excludes every other opening of the file, in this process and in others, until it is closed.
    [[nodiscard]] ErrorCode lock() const noexcept;
    [[nodiscard]] ErrorCode read_all(std::vector<std::uint8_t>& into) const;
    /// Says in `written` how many bytes of the beginning did reach the file.
    [[nodiscard]] ErrorCode write_at(std::uint64_t offset, Bytes bytes, std::size_t& written) const noexcept;
    [[nodiscard]] ErrorCode truncate(std::uint64_t size) const noexcept;
    /// The content, and what is needed to find it.
    [[nodiscard]] ErrorCode sync() const noexcept;

private:
    explicit File(int descriptor) : descriptor_{descriptor} {}
    int descriptor_ = -1;
};

/// Of the names in the directory that holds `path`.
[[nodiscard]] boost::system::error_code sync_directory_of(const std::string& path);

}  // namespace wsmq::native
