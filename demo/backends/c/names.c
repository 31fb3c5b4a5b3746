#include "names.h"

#include <stddef.h>
#include <string.h>

enum { longest_part = 64, shortest_random = 4, longest_random = 16 };

static bool is_account_part(const char* text, size_t length) {
    if (length == 0 || length > longest_part) return false;
    for (size_t n = 0; n < length; ++n) {
        const unsigned char byte = (unsigned char)text[n], next = (unsigned char)text[n + 1];
        const bool is_control = byte < 0x20 || byte == 0x7F || (byte == 0xC2 && next < 0xA0);
        if (is_control || strchr("/+#", byte)) return false;
    }
    return true;
}

bool is_uid(const char* text) {
    for (int n = 0; n < 2; ++n) {
        const size_t length = strcspn(text, ":");
        if (!is_account_part(text, length) || text[length] != ':') return false;
        text += length + 1;
    }
    const size_t length = strlen(text);
    return length >= shortest_random && length <= longest_random &&
           strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789") == length;
}
