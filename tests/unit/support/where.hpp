// The line of the test that called, for failures found inside the support code.
#pragma once
#include <string>

#include "gtest/gtest.h"

namespace wsmq::test {

struct Where {
    const char* file;
    int line;

    // std::source_location is not there yet in every compiler that this code meets.
    static constexpr Where here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) noexcept {
        return {file, line};
    }
};

inline void fail_at(Where where, const std::string& what) { ADD_FAILURE_AT(where.file, where.line) << what; }

}  // namespace wsmq::test
