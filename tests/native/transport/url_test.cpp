#include "wsmq/native/url.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace wsmq::native {
namespace {

Url parsed(std::string_view text) {
    const auto result = parse_url(text);
    if (const auto* error = std::get_if<UrlError>(&result)) ADD_FAILURE() << text << ": " << describe(*error);
    const auto* url = std::get_if<Url>(&result);
    return url ? *url : Url{};
}

std::optional<UrlError> refusal(std::string_view text) {
    const auto result = parse_url(text);
    const auto* error = std::get_if<UrlError>(&result);
    return error ? std::optional{*error} : std::nullopt;
}

TEST(UrlTest, EachSchemeHasItsDefaultPort) {
    EXPECT_EQ(parsed("mqtt://broker"), (Url{.scheme = Scheme::mqtt, .host = "broker", .port = 1883}));
    EXPECT_EQ(parsed("mqtts://broker"), (Url{.scheme = Scheme::mqtts, .host = "broker", .port = 8883}));
    EXPECT_EQ(parsed("ws://broker"), (Url{.scheme = Scheme::ws, .host = "broker", .port = 80}));
    EXPECT_EQ(parsed("wss://broker"), (Url{.scheme = Scheme::wss, .host = "broker", .port = 443}));
    EXPECT_EQ(parsed("http://proxy"), (Url{.scheme = Scheme::http, .host = "proxy", .port = 80}));
}

TEST(UrlTest, APortStandsAfterTheHost) {
    EXPECT_EQ(parsed("mqtt://broker:1").port, 1);
    EXPECT_EQ(parsed("wss://broker:65535/path").port, 65535);
}

TEST(UrlTest, SchemeAndHostMayBeInCapitals) {
    EXPECT_EQ(parsed("MQTT://Broker.Example"), parsed("mqtt://broker.example"));
}

TEST(UrlTest, PathAndQueryStayAsTheyWereWritten) {
    EXPECT_EQ(parsed("ws://h/ws_mqtt?token=a%20b&x=/?").target, "/ws_mqtt?token=a%20b&x=/?");
    EXPECT_EQ(parsed("ws://h/").target, "/");
    EXPECT_EQ(parsed("ws://h?q=1").target, "/?q=1");
}

TEST(UrlTest, UsernameAndPasswordAreDecoded) {
    const auto url = parsed("mqtt://ann%40home:p%3Aw%2F%00@broker");
    EXPECT_EQ(url.username, "ann@home");
    EXPECT_EQ(url.password, std::string("p:w/\0", 5));
    EXPECT_EQ(url.host, "broker");
}

TEST(UrlTest, APasswordMayBeMissingOrEmpty) {
    EXPECT_EQ(parsed("mqtt://ann@broker").password, std::nullopt);
    EXPECT_EQ(parsed("mqtt://ann:@broker").password, "");
    EXPECT_EQ(parsed("mqtt://broker").username, std::nullopt);
}

TEST(UrlTest, APasswordMayHoldColonsAndAtSigns) { EXPECT_EQ(parsed("mqtt://ann:a:b@c@broker").password, "a:b@c"); }

TEST(UrlTest, Ipv6AddressesStandInBrackets) {
    const auto url = parsed("wss://[2001:db8::1]:8443/mqtt");
    EXPECT_EQ(url.host, "2001:db8::1");
    EXPECT_EQ(url.port, 8443);
    EXPECT_EQ(parsed("mqtt://[::1]").port, 1883);
    EXPECT_EQ(parsed("mqtt://[fe80::1%25lo]").host, "fe80::1%lo");
}

TEST(UrlTest, WhatIsNoUrlIsRefusedWithAReason) {
    EXPECT_EQ(refusal(""), UrlError::missing_scheme);
    EXPECT_EQ(refusal("broker:1883"), UrlError::missing_scheme);
    EXPECT_EQ(refusal("127.0.0.1:1883"), UrlError::missing_scheme);
    EXPECT_NE(describe(UrlError::missing_scheme).find("mqtt://"), std::string_view::npos);
    EXPECT_EQ(refusal("https://broker"), UrlError::unknown_scheme);
    EXPECT_EQ(refusal("mqtt://"), UrlError::invalid_host);
    EXPECT_EQ(refusal("mqtt://:1883"), UrlError::invalid_host);
    EXPECT_EQ(refusal("mqtt://ann@"), UrlError::invalid_host);
    EXPECT_EQ(refusal("mqtt://2001:db8::1"), UrlError::invalid_port);
    EXPECT_EQ(refusal("mqtt://[2001:db8::1"), UrlError::invalid_host);
    EXPECT_EQ(refusal("mqtt://[broker]"), UrlError::invalid_host);
    EXPECT_EQ(refusal("mqtt://[::1]x"), UrlError::invalid_host);
    EXPECT_EQ(refusal("mqtt://a..b"), UrlError::invalid_host);
    EXPECT_EQ(refusal("mqtt://a$b"), UrlError::invalid_host);
    EXPECT_EQ(refusal("mqtt://" + std::string(254, 'a')), UrlError::invalid_host);
    EXPECT_EQ(refusal("ws://broker/#part"), UrlError::fragment);
}

TEST(UrlTest, PortsOutOfRangeAreRefused) {
    for (const auto* port : {"", "0", "65536", "-1", "1x", "+1", "99999999999999999999"}) {
        EXPECT_EQ(refusal(std::string{"mqtt://broker:"} + port), UrlError::invalid_port) << port;
    }
}

TEST(UrlTest, NothingCanBeSmuggledIntoARequest) {
    for (const auto* path : {"a b", "a\r\nX: y", "\x7f", "gr\xc3\xbc\xc3\x9f", "%", "%4", "%zz"}) {
        EXPECT_EQ(refusal(std::string{"ws://broker/"} + path), UrlError::invalid_character) << path;
    }
    EXPECT_EQ(refusal("mqtt://a%zz@broker"), UrlError::invalid_character);
}

TEST(UrlTest, WhatIsShownHoldsNoSecrets) {
    EXPECT_EQ(to_string(parsed("wss://ann:secret@[::1]:8443/mqtt")), "wss://[::1]:8443/mqtt");
    EXPECT_EQ(to_string(parsed("mqtt://ann:secret@broker:1883")), "mqtt://broker");
    EXPECT_EQ(to_string(parsed("wss://broker/mqtt?token=secret&a=secret?secret")), "wss://broker/mqtt?***");
    EXPECT_EQ(to_string(parsed("wss://broker?secret")), "wss://broker/?***");
}

TEST(UrlTest, ASocketOfTheUnixDomainIsAPath) {
    const auto url = parsed("mqtt+unix://ann:se%2Fcret@/run/my%20broker.sock");
    EXPECT_EQ(url.scheme, Scheme::mqtt_unix);
    EXPECT_EQ(socket_path(url), "/run/my broker.sock");
    EXPECT_EQ(url.username, "ann");
    EXPECT_EQ(url.password, "se/cret");
    EXPECT_EQ(to_string(url), "mqtt+unix:///run/my%20broker.sock");
    const std::string longest = "/" + std::string(longest_socket_path - 1, 'a');
    EXPECT_EQ(socket_path(parsed("mqtt+unix://" + longest)), longest);
    for (const auto* path : {"/run/a.sock", "/a b?c#d%e", "/gr\xc3\xbc\xc3\x9f"}) {
        EXPECT_EQ(socket_path(parsed(socket_url(path))), path);
    }
    const std::vector<std::string> wrong_ones{
        "mqtt+unix://",        "mqtt+unix:///",      "mqtt+unix://host/run/a.sock",
        "mqtt+unix:///a?b",    "mqtt+unix:///a%00b", "mqtt+unix://" + longest + "a",
        socket_url("relative")};
    for (const auto& wrong : wrong_ones) {
        EXPECT_EQ(refusal(wrong), UrlError::invalid_socket_path) << wrong;
    }
    EXPECT_EQ(refusal("mqtt+unix:///a%zz"), UrlError::invalid_character);
}

TEST(UrlTest, EachErrorSaysSomethingElse) {
    std::set<std::string_view> texts;
    for (int value = 1; value <= static_cast<int>(UrlError::invalid_socket_path); ++value) {
        texts.insert(describe(static_cast<UrlError>(value)));
    }
    EXPECT_EQ(texts.size(), static_cast<std::size_t>(UrlError::invalid_socket_path));
    EXPECT_FALSE(texts.contains("Unknown error"));
}

}  // namespace
}  // namespace wsmq::native
