// What a shared library shows: everything else is hidden.
#pragma once

#if defined(__GNUC__)
#define WSMQ_EXPORT __attribute__((visibility("default")))
#define WSMQ_HIDDEN __attribute__((visibility("hidden")))  // within a class that is exported
#else
#define WSMQ_EXPORT
#define WSMQ_HIDDEN
#endif
