#include "store/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace wsmq::native {

namespace {

boost::system::error_code last_error() noexcept { return {errno, boost::system::system_category()}; }

boost::system::error_code error_unless(bool succeeded) noexcept {
    return succeeded ? boost::system::error_code{} : last_error();
}

}  // namespace

File::File(File&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}

File& File::operator=(File&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

File File::open(const std::string& path, bool empty, ErrorCode& error) {
    constexpr mode_t for_the_owner = 0600;
    const int how = O_RDWR | O_CREAT | O_CLOEXEC | (empty ? O_TRUNC : 0);
    File file{::open(path.c_str(), how, for_the_owner)};
    error = error_unless(file.descriptor_ >= 0);
    return file;
}

void File::close() noexcept {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

File::ErrorCode File::lock() const noexcept { return error_unless(::flock(descriptor_, LOCK_EX | LOCK_NB) == 0); }

File::ErrorCode File::read_all(std::vector<std::uint8_t>& into) const {
    struct stat about {};
    if (::fstat(descriptor_, &about) != 0) return last_error();
    into.resize(static_cast<std::size_t>(about.st_size));
    std::size_t size = 0;
    while (size < into.size()) {
        const auto got = ::pread(descriptor_, into.data() + size, into.size() - size, static_cast<off_t>(size));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return last_error();
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    into.resize(size);
    return {};
}

File::ErrorCode File::write_at(std::uint64_t offset, Bytes bytes, std::size_t& written) const noexcept {
    written = 0;
    while (written < bytes.size()) {
        const auto rest = bytes.subspan(written);
        const auto put = ::pwrite(descriptor_, rest.data(), rest.size(), static_cast<off_t>(offset + written));
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return last_error();
        written += static_cast<std::size_t>(put);
    }
    return {};
}

File::ErrorCode File::truncate(std::uint64_t size) const noexcept {
    return error_unless(::ftruncate(descriptor_, static_cast<off_t>(size)) == 0);
}

File::ErrorCode File::sync() const noexcept { return error_unless(::fdatasync(descriptor_) == 0); }

boost::system::error_code sync_directory_of(const std::string& path) {
    const auto slash = path.rfind('/');
    const auto directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return last_error();
    const auto error = error_unless(::fsync(descriptor) == 0);
    ::close(descriptor);
    return error;
}

}  // namespace wsmq::native
