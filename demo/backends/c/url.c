#include "url.h"

#include <stdlib.h>
#include <string.h>

static int hexadecimal(char digit) {
    const char* const digits = "0123456789abcdef0123456789ABCDEF";
    const char* found = digit ? strchr(digits, digit) : NULL;
    return found ? (int)(found - digits) % 16 : -1;
}

/* Undoes the percent encoding, in place. */
static bool decode(char* text) {
    char* to = text;
    for (const char* from = text; *from; ++from) {
        if (*from != '%') {
            *to++ = *from;
            continue;
        }
        const int high = hexadecimal(from[1]);
        const int low = high < 0 ? -1 : hexadecimal(from[2]);
        if (low < 0) return false;
        *to++ = (char)(high * 16 + low);
        from += 2;
    }
    *to = '\0';
    return true;
}

static bool read_credentials(char* text, struct url* url) {
    char* colon = strchr(text, ':');
    if (colon) *colon = '\0';
    url->user = text;
    url->password = colon ? colon + 1 : NULL;
    return decode(url->user) && (!colon || decode(url->password));
}

static bool read_address(char* text, struct url* url) {
    char* colon = strrchr(text, ':');
    if (colon) {
        *colon = '\0';
        char* end;
        const long port = strtol(colon + 1, &end, 10);
        if (*end || port < 1 || port > 65535) return false;
        url->port = (int)port;
    }
    url->host = text;
    return *text != '\0';
}

bool read_url(const char* text, struct url* url) {
    const char* rest = strstr(text, "://");
    if (!rest) return false;
    const size_t scheme = (size_t)(rest - text);
    const bool is_secure = scheme == 5 && strncmp(text, "mqtts", scheme) == 0;
    if (!is_secure && (scheme != 4 || strncmp(text, "mqtt", scheme) != 0)) return false;
    *url = (struct url){.is_secure = is_secure, .port = is_secure ? 8883 : 1883};
    char* authority = strdup(rest + 3);
    authority[strcspn(authority, "/")] = '\0';
    char* at = strrchr(authority, '@');
    if (!at) return read_address(authority, url);
    *at = '\0';
    return read_credentials(authority, url) && read_address(at + 1, url);
}
