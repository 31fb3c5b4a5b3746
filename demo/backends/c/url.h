#pragma once
#include <stdbool.h>

/* mqtt://[user:password@]host[:port], or mqtts:// */
struct url {
    bool is_secure;
    char* user; /* none: NULL */
    char* password;
    char* host;
    int port;
};

/* False when the text is no such address. What it holds lives as long as the program. */
bool read_url(const char* text, struct url* url);
