// A directory of a test's own, which goes with it.
#pragma once
#include <cstdlib>
#include <filesystem>
#include <string>

namespace wsmq::native::test {

class ScratchDirectory {
public:
    ScratchDirectory() {
        // Where syncing costs nothing: a killed process leaves the same there as on a disk.
        const std::filesystem::path memory = "/dev/shm";
        const auto parent = std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
        auto name = (parent / "wsmq-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~ScratchDirectory() { std::filesystem::remove_all(path_); }
    ScratchDirectory(const ScratchDirectory&) = delete;
    ScratchDirectory& operator=(const ScratchDirectory&) = delete;

    [[nodiscard]] std::string file(const char* name) const { return (path_ / name).string(); }
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

private:
    std::filesystem::path path_;
};

}  // namespace wsmq::native::test
