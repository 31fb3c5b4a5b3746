#pragma once
#include <stdbool.h>

/* {org}:{user}:{random}, as the convention allows them. */
bool is_uid(const char* text);
