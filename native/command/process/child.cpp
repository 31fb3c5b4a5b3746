#include "process/child.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <system_error>

namespace wsmq::command {

namespace {

constexpr std::chrono::seconds grace{2};
/// What is meant for this process alone.
constexpr std::array<std::string_view, 2> secrets{"WSMQ_PASSWORD", "WSMQ_KEY_PASSWORD"};

[[noreturn]] void fail(int error) { throw std::system_error{error, std::generic_category()}; }

class Pipe {
public:
    Pipe() {
        if (pipe2(ends_, O_CLOEXEC) != 0) fail(errno);
    }
    ~Pipe() {
        for (const int each : ends_) {
            if (each >= 0) ::close(each);
        }
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    [[nodiscard]] int read_end() const noexcept { return ends_[0]; }
    [[nodiscard]] int write_end() const noexcept { return ends_[1]; }
    [[nodiscard]] int take_read_end() noexcept { return std::exchange(ends_[0], -1); }
    [[nodiscard]] int take_write_end() noexcept { return std::exchange(ends_[1], -1); }

private:
    int ends_[2] = {-1, -1};
};

/// What this process was given beside the three is not for programs; what it opens itself it keeps for itself.
void keep_descriptors() {
    DIR* list = ::opendir("/dev/fd");
    if (list == nullptr) fail(errno);
    while (const dirent* entry = ::readdir(list)) {
        const int descriptor = std::atoi(entry->d_name);
        if (descriptor > STDERR_FILENO) ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    }
    ::closedir(list);
}

std::string_view name_of(std::string_view variable) { return variable.substr(0, variable.find('=')); }

std::vector<char*> environment_with(const std::vector<std::string>& variables) {
    std::vector<char*> list;
    for (char** each = environ; *each != nullptr; ++each) {
        const auto name = name_of(*each);
        bool is_kept = std::ranges::find(secrets, name) == secrets.end();
        for (const auto& variable : variables) is_kept = is_kept && name_of(variable) != name;
        if (is_kept) list.push_back(*each);
    }
    for (const auto& variable : variables) list.push_back(const_cast<char*>(variable.c_str()));
    list.push_back(nullptr);
    return list;
}

/// How a program begins: its descriptors, a process group of its own, and no signal that we ignore.
class SpawnSettings {
public:
    SpawnSettings(const Pipe& input, const Pipe& output, const Pipe& errors) {
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, input.read_end(), STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions, output.write_end(), STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&actions, errors.write_end(), STDERR_FILENO);
        posix_spawnattr_init(&attributes);
        sigset_t none;
        sigemptyset(&none);
        sigset_t defaults;
        sigemptyset(&defaults);
        sigaddset(&defaults, SIGPIPE);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &defaults);
        posix_spawnattr_setpgroup(&attributes, 0);
        constexpr int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP;
        posix_spawnattr_setflags(&attributes, static_cast<short>(flags));
    }
    ~SpawnSettings() {
        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&actions);
    }
    SpawnSettings(const SpawnSettings&) = delete;
    SpawnSettings& operator=(const SpawnSettings&) = delete;

    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
};

}  // namespace

// --- Outlet ----------------------------------------------------------------------------------------

Outlet::Outlet(net::io_context& io, int descriptor) : pipe_{io, descriptor} { pipe_.native_non_blocking(true); }

net::awaitable<std::size_t> Outlet::read_some(std::span<char> buffer) {
    while (!draining_) {
        boost::system::error_code error;
        const auto size = co_await pipe_.async_read_some(net::buffer(buffer.data(), buffer.size()),
                                                         net::redirect_error(net::use_awaitable, error));
        if (size > 0) co_return size;
        if (error != net::error::operation_aborted) co_return 0;
    }
    ssize_t size = 0;
    do size = ::read(pipe_.native_handle(), buffer.data(), buffer.size());
    while (size < 0 && errno == EINTR);
    co_return size > 0 ? static_cast<std::size_t>(size) : 0;
}

void Outlet::drain() {
    draining_ = true;
    boost::system::error_code ignored;
    pipe_.cancel(ignored);
}

// --- Child -----------------------------------------------------------------------------------------

Child::Child(net::io_context& io, pid_t pid, int input, int output_end, int errors_end)
    : output{io, output_end},
      errors{io, errors_end},
      pid_{pid},
      input_{io, input},
      exited_{io, net::steady_timer::time_point::max()},
      kill_{io} {}

net::awaitable<int> Child::wait() {
    while (!status_) {
        boost::system::error_code cancelled;
        co_await exited_.async_wait(net::redirect_error(net::use_awaitable, cancelled));
    }
    co_return *status_;
}

net::awaitable<void> Child::feed(std::string_view input) {
    boost::system::error_code error;  // it need not read
    if (input_.is_open() && !input.empty())
        co_await net::async_write(input_, net::buffer(input), net::redirect_error(net::use_awaitable, error));
    input_.close(error);
}

void Child::terminate() {
    if (status_ || std::exchange(is_terminated_, true)) return;
    ::kill(-pid_, SIGTERM);
    is_kill_due_ = true;
    kill_.expires_after(grace);
    kill_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
        if (error) return;
        self->is_kill_due_ = false;
        ::kill(-self->pid_, SIGKILL);
    });
}

void Child::handle_exit(int status) {
    status_ = status;
    // What it has started may still need to be killed; the number is in use as long as one of them is there.
    if (is_kill_due_ && ::kill(-pid_, 0) != 0) {
        is_kill_due_ = false;
        kill_.cancel();
    }
    boost::system::error_code ignored;
    input_.close(ignored);
    output.drain();
    errors.drain();
    exited_.cancel();
}

// --- Children --------------------------------------------------------------------------------------

Children::Children(net::io_context& io) : io_{io}, signals_{io, SIGCHLD} {
    std::signal(SIGPIPE, SIG_IGN);  // a program need not read its input
    keep_descriptors();
    watch();
}

std::shared_ptr<Child> Children::start(const std::vector<std::string>& words,
                                       const std::vector<std::string>& variables) {
    Pipe input;
    Pipe output;
    Pipe errors;
    std::vector<char*> arguments;
    for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    auto environment = environment_with(variables);
    const SpawnSettings settings{input, output, errors};
    pid_t pid = 0;
    const int error =
        posix_spawnp(&pid, arguments[0], &settings.actions, &settings.attributes, arguments.data(), environment.data());
    if (error != 0) fail(error);
    std::shared_ptr<Child> child{
        new Child{io_, pid, input.take_write_end(), output.take_read_end(), errors.take_read_end()}};
    running_.emplace(pid, child);
    return child;
}

void Children::kill_all() const noexcept {
    for (const auto& [pid, child] : running_) ::kill(-pid, SIGKILL);
    for (const auto& child : ended_) {
        if (child->has_left_others()) ::kill(-child->pid_, SIGKILL);
    }
}

void Children::watch() {
    signals_.async_wait([this](const boost::system::error_code& error, int) {
        if (error) return;
        watch();
        reap();
    });
}

/// One signal may stand for several ends.
void Children::reap() {
    std::erase_if(ended_, [](const auto& child) { return !child->has_left_others(); });
    for (auto each = running_.begin(); each != running_.end();) {
        int status = 0;
        if (::waitpid(each->first, &status, WNOHANG) == 0) {
            ++each;
            continue;
        }
        const auto child = std::move(each->second);
        each = running_.erase(each);
        child->handle_exit(status);
        if (child->has_left_others()) ended_.push_back(child);
    }
}

bool is_program(const std::string& name) {
    if (name.find('/') != std::string::npos) return ::access(name.c_str(), X_OK) == 0;
    const char* path = std::getenv("PATH");
    std::string_view rest = path != nullptr ? path : "/bin:/usr/bin";
    while (!name.empty()) {
        const auto end = rest.find(':');
        const std::string folder{rest.substr(0, end)};
        if (::access(((folder.empty() ? "." : folder) + '/' + name).c_str(), X_OK) == 0) return true;
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + 1);
    }
    return false;
}

}  // namespace wsmq::command
