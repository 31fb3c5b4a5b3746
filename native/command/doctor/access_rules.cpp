#include "doctor/access_rules.hpp"

#include <string_view>

#include "wsmq/messaging/names.hpp"

namespace wsmq::command {

namespace {

class Trials {
public:
    explicit Trials(std::string root) : root_{std::move(root)} {}

    void allow_publish(const std::string& topic) { add(Trial::Action::publish, root_ + topic, true); }
    void forbid_publish(const std::string& topic) { add(Trial::Action::publish, root_ + topic, false); }
    void allow_subscribe(const std::string& filter) { add(Trial::Action::subscribe, root_ + filter, true); }
    void forbid_subscribe(const std::string& filter) { add(Trial::Action::subscribe, root_ + filter, false); }
    /// In a share of that group.
    void allow_share(const std::string& group, const std::string& filter) {
        add(Trial::Action::subscribe, shared(group, filter), true);
    }
    void forbid_share(const std::string& group, const std::string& filter) {
        add(Trial::Action::subscribe, shared(group, filter), false);
    }
    // Not below the root.
    void forbid_below_any(const std::string& filter) { add(Trial::Action::subscribe, "+/" + filter, false); }
    void forbid_everything() { add(Trial::Action::subscribe, "#", false); }

    [[nodiscard]] std::vector<Trial> take() { return std::move(all_); }

private:
    void add(Trial::Action action, std::string topic, bool is_allowed) {
        all_.push_back({action, std::move(topic), is_allowed});
    }
    [[nodiscard]] std::string shared(const std::string& group, const std::string& filter) const {
        return "$share/" + group + '/' + root_ + filter;
    }

    std::string root_;
    std::vector<Trial> all_;
};

void add_webapp(Trials& trials, const std::string& uid) {
    const auto parts = messaging::parse_uid(uid);
    const std::string org{parts->org};
    const std::string other = org + (parts->user == "doctor" ? ":another:zzzz" : ":doctor:zzzz");
    const std::string sibling = org + ':' + std::string{parts->user} + (parts->rand == "zzzz" ? ":yyyy" : ":zzzz");

    trials.allow_publish("webapp/status/" + uid);
    trials.allow_publish("webapp/req/" + uid);
    trials.allow_publish("webapp/req/doctor/" + uid);
    trials.allow_publish("webapp/peer/" + other + '/' + uid);
    trials.allow_publish("webapp/room/doctor/" + uid);
    trials.allow_publish("webapp/svc/doctor/one/" + uid);
    trials.forbid_publish("webapp/status/" + other);
    trials.forbid_publish("webapp/status/" + sibling);
    trials.forbid_publish("webapp/res/" + uid);
    trials.forbid_publish("webapp/res/" + other);
    trials.forbid_publish("webapp/peer/" + uid + '/' + other);
    trials.forbid_publish("webapp/room/doctor/" + other);
    trials.forbid_publish("webapp/req/" + other);
    trials.forbid_publish("webapp/req/doctor/" + other);
    trials.forbid_publish("webapp/svc/doctor/one/" + other);
    trials.forbid_publish("webapp/svc/doctor/one");
    trials.forbid_publish("device/status/doctor");

    trials.allow_subscribe("webapp/res/" + uid);
    trials.allow_subscribe("webapp/peer/" + uid + "/+");
    trials.allow_subscribe("webapp/status/+");
    trials.allow_subscribe("webapp/room/doctor/+");
    trials.allow_subscribe("webapp/svc/+/+");
    trials.allow_subscribe("device/status/+");
    trials.forbid_everything();
    trials.forbid_below_any("webapp/res/" + other);
    trials.forbid_share("doctor", "webapp/req/doctor/+");
    trials.forbid_share("doctor", "webapp/res/" + other);
    trials.forbid_subscribe("#");
    trials.forbid_subscribe("webapp/#");
    trials.forbid_subscribe("webapp/res/+");
    trials.forbid_subscribe("webapp/res/" + other);
    trials.forbid_subscribe("webapp/peer/#");
    trials.forbid_subscribe("webapp/peer/" + other + "/+");
    trials.forbid_subscribe("webapp/+/" + other);
    trials.forbid_subscribe("webapp/peer/+/" + uid);
    trials.forbid_subscribe("webapp/req/#");
    trials.forbid_subscribe("webapp/req/+");
    trials.forbid_subscribe("webapp/req/doctor/+");
    trials.forbid_subscribe("webapp/svc/+/+/+");
}

void add_service(Trials& trials, const std::string& service) {
    const std::string caller = "doctor:doctor:zzzzzzzz";

    trials.allow_publish("webapp/res/" + caller);
    trials.allow_publish("webapp/svc/" + service + "/doctor");
    trials.forbid_publish("webapp/status/" + caller);
    trials.forbid_publish("webapp/peer/" + caller + '/' + caller);
    trials.forbid_publish("webapp/room/doctor/" + caller);
    trials.forbid_publish("webapp/req/" + service + '/' + caller);
    trials.forbid_publish("webapp/svc/" + service + "-doctor/one");
    trials.forbid_publish("device/status/doctor");

    trials.allow_share(service, "webapp/req/" + service + "/+");
    trials.allow_subscribe("webapp/req/" + service + "/+");
    trials.allow_subscribe("webapp/status/+");
    trials.allow_subscribe("webapp/svc/+/+");
    trials.allow_subscribe("webapp/svc/" + service + "/doctor/+");
    trials.allow_subscribe("device/status/+");
    trials.forbid_everything();
    for (const auto* filter : {"#", "webapp/#", "webapp/res/+", "webapp/peer/+/+", "webapp/req/#", "webapp/req/+/+"})
        trials.forbid_subscribe(filter);
    trials.forbid_subscribe("webapp/req/" + service + "-doctor/+");
    trials.forbid_subscribe("webapp/svc/" + service + "-doctor/one/+");
}

void add_device(Trials& trials, const std::string& device) {
    const std::string other = device == "doctor" ? "another" : "doctor";
    const std::string webapp = "doctor:doctor:zzzzzzzz";

    trials.allow_publish("device/status/" + device);
    trials.forbid_publish("device/status/" + other);
    trials.forbid_publish("webapp/status/" + webapp);
    trials.forbid_publish("webapp/req/doctor/" + webapp);
    trials.forbid_publish("webapp/res/" + webapp);
    trials.forbid_publish("webapp/svc/doctor/one");

    trials.forbid_everything();
    for (const auto* filter : {"#", "webapp/#", "webapp/status/+", "webapp/res/+", "webapp/req/#", "webapp/peer/#"})
        trials.forbid_subscribe(filter);
}

std::string service_of(const std::string& name) { return name.substr(0, name.find('/')); }

}  // namespace

std::string name_of(Role role) {
    switch (role) {
        case Role::webapp: return "webapp";
        case Role::service: return "service";
        case Role::device: return "device";
    }
    return {};
}

std::string Holder::account() const {
    if (role != Role::service) return name;
    std::string text = "service:" + name;
    if (const auto slash = text.find('/'); slash != std::string::npos) text[slash] = ':';
    return text;
}

std::vector<Trial> trials_of(const Holder& holder) {
    Trials trials{holder.root};
    switch (holder.role) {
        case Role::webapp: add_webapp(trials, holder.name); break;
        case Role::service: add_service(trials, service_of(holder.name)); break;
        case Role::device: add_device(trials, holder.name); break;
    }
    return trials.take();
}

}  // namespace wsmq::command
