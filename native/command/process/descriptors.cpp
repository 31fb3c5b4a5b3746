#include "process/descriptors.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace wsmq::command {

void open_standard_descriptors() {
    for (int each = STDIN_FILENO; each <= STDERR_FILENO; ++each) {
        if (::fcntl(each, F_GETFD) >= 0) continue;
        // The lowest number that is free, which is this one.
        (void)::open("/dev/null", (each == STDERR_FILENO ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
    }
}

}  // namespace wsmq::command
