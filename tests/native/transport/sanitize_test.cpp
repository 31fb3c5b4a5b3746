#include "transport/sanitize.hpp"

#include <gtest/gtest.h>

namespace wsmq::native {
namespace {

TEST(SanitizeTest, WhatTheOtherSideSaidIsPrintableAndShort) {
    EXPECT_EQ(printable("Not Found"), "Not Found");
    EXPECT_EQ(printable("a\r\n\x1b[1m\x7f\xc2\x9b\xff"), "a???[1m????");
    EXPECT_EQ(printable(std::string(200, 'x')), std::string(200, 'x'));
    EXPECT_EQ(printable(std::string(201, 'x')), std::string(200, 'x') + "...");
}

TEST(SanitizeTest, AnAddressHoldsNoSecrets) {
    EXPECT_EQ(without_secrets("/login"), "/login");
    EXPECT_EQ(without_secrets("https://login.example/a?token=secret&b=secret#secret"), "https://login.example/a?***");
    EXPECT_EQ(without_secrets("/a#secret?secret"), "/a#***");
    EXPECT_EQ(without_secrets("https://ann:secret@login.example/"), "***");
    EXPECT_EQ(without_secrets("https://ann:sec/ret?@login.example/"), "***");
    EXPECT_EQ(without_secrets("/login?next=wss://ann:secret@broker"), "***");
}

}  // namespace
}  // namespace wsmq::native
