// What libc++ says when its own precondition is broken. Its own version prints, and printing is 10 KB.
#include <__verbose_abort>
#include <cstdlib>

_LIBCPP_BEGIN_NAMESPACE_STD
[[noreturn]] void __libcpp_verbose_abort(const char*, ...) noexcept { std::abort(); }
_LIBCPP_END_NAMESPACE_STD

// Signals and interval timers: nothing uses them, but other parts of the C library name them.
extern "C" {
int raise(int);
void _emscripten_timeout(int, double);

int raise(int) { std::abort(); }
void _emscripten_timeout(int, double) {}
}
