// Devices: a status that others watch, and a last will.
#include <gtest/gtest.h>

#include "support/world.hpp"
#include "wsmq/messaging/device.hpp"

namespace wsmq::test {
namespace {

using messaging::Device;

constexpr auto topic = "ev/device/status/SN-1";
constexpr auto off = R"({"online":false,"recording":false,"broadcasting":false,"motionEnabled":false})";

class DevicesThemselves : public testing::TestWithParam<Version> {
protected:
    Member<Device>& add(const std::string& status) {
        Device::Options options;
        options.root = "ev/";
        options.serial_number = "SN-1";
        options.status = status;
        ConnectOptions base;
        base.version = GetParam();
        auto& device = world.add<Device>(base, options);
        device.start();
        world.settle();
        return device;
    }
    std::string retained() { return world.broker.retained(topic)->payload; }

    World world;
};
INSTANTIATE_TEST_SUITE_P(Versions, DevicesThemselves, testing::Values(Version::v5, Version::v3_1_1));

TEST_P(DevicesThemselves, TellTheirStatusAndEveryChange) {
    auto& ann = world.joined("acme:ann:aaaa");
    EXPECT_EQ(ann.layer().watch_devices({}, world.now), Error::none);
    auto& device = add(R"( { "battery":90 } )");
    EXPECT_THAT(device.take(), ElementsAre("joined"));
    EXPECT_EQ(device.layer().set_status("{}", world.now), Error::none);
    world.settle();
    EXPECT_THAT(ann.take(), ElementsAre(R"(device SN-1 online {"online":true, "battery":90 } )",
                                        R"(device SN-1 online {"online":true})"));
}

TEST_P(DevicesThemselves, ThatDieAreOfflineAndSpeakAgainWhenTheyAreBack) {
    auto& device = add("{}");
    device.cut(true);
    world.settle();
    EXPECT_EQ(retained(), off);
    EXPECT_EQ(device.layer().set_status(R"({"battery":80})", world.now), Error::none) << "for later";
    device.online();
    world.advance(60s);
    EXPECT_THAT(device.take(), ElementsAre("joined", "joined again"));
    EXPECT_EQ(retained(), R"({"online":true,"battery":80})");
}

TEST_P(DevicesThemselves, ThatLeaveSayIt) {
    auto& device = add("{}");
    (void)device.take();
    device.layer().leave(world.now);
    world.settle();
    EXPECT_THAT(device.take(), ElementsAre("left"));
    EXPECT_EQ(retained(), off);
    EXPECT_EQ(device.layer().set_status("{}", world.now), Error::none) << "with the next connection";
}

TEST_P(DevicesThemselves, SayWhenTheBrokerRefusesTheirStatus) {
    world.broker.allows = [](const auto&, const auto& name) { return name != topic; };
    const bool is_told = GetParam() == Version::v5;
    const auto lines = add("{}").take();
    if (is_told) {
        EXPECT_THAT(lines, ElementsAre("join failed refused Not authorized"));
    } else {
        EXPECT_THAT(lines, ElementsAre("joined")) << "below MQTT 5 a PUBACK has no reason";
    }
}

TEST_P(DevicesThemselves, TakeNoStatusThatIsNotSound) {
    auto& device = add("{}");
    for (const auto* status : {"", "[]", "{", R"({"online":true})", R"({"a":1}})"}) {
        EXPECT_EQ(device.layer().set_status(status, world.now), Error::invalid_json) << status;
    }
    Device::Options options;
    options.serial_number = "SN/1";
    EXPECT_EQ(Device::connect_options({}, options).error(), Error::invalid_name);
    options.serial_number = "SN-1";
    options.last_status = "[]";
    EXPECT_EQ(Device::connect_options({}, options).error(), Error::invalid_json);
    options.root = "$x/";
    EXPECT_EQ(Device::connect_options({}, options).error(), Error::invalid_root);
}

}  // namespace
}  // namespace wsmq::test
