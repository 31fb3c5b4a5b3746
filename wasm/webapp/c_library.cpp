// What the JSON library takes of the C library, cut to what it needs of it: reading a number and printing a message are
// 14 KB there, most of it arithmetic of 128 bits. The linker (--wrap) leads calls here.
#include <cstddef>
#include <cstring>

extern "C" {

double wsmq_to_number(const char* text);

/// Of a whole JSON number. Only whether it is finite is used.
double __wrap_strtod(const char* text, char** end) {
    *end = const_cast<char*>(text) + std::strlen(text);
    return wsmq_to_number(text);
}

/// For the message of a parse error, which is not used.
int __wrap_snprintf(char* out, std::size_t size, const char*, ...) {
    if (size > 0) *out = '\0';
    return 0;
}
}
