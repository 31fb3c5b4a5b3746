#include "arguments/doctor_arguments.hpp"

#include <CLI/CLI.hpp>

#include "arguments/messaging_arguments.hpp"
#include "arguments/option_kinds.hpp"
#include "exit_code.hpp"
#include "wsmq/topic.hpp"

namespace wsmq::command {

namespace {

constexpr double attempt_seconds = 5;

void refuse(bool condition, const char* sentence) {
    if (condition) throw UsageError{sentence};
}

bool is_service_account(const std::string& name) {
    const auto slash = name.find('/');
    if (slash == std::string::npos) return messaging::is_valid_name(name);
    return messaging::is_valid_name(name.substr(0, slash)) && messaging::is_valid_instance(name.substr(slash + 1));
}

}  // namespace

void DoctorArguments::add_to(CLI::App& app) {
    connection.connect_timeout = attempt_seconds;
    connection.add_to(app, ConnectionArguments::Offer::short_lived);
    app.add_option("--topic", topic, "Where the doctor may publish and subscribe; / and a random name follow")
        ->capture_default_str();
    app.add_flag("--no-measure", no_measure, "Only find out whether a connection can be made");
    app.add_option("--idle", idle, "Leave a connection without traffic for this many seconds: proxies may cut it")
        ->check(seconds());
    app.add_option("--as", as, "Try the convention's access rules of this account: webapp, service or device")
        ->check(one_of({"webapp", "service", "device"}))
        ->type_name("ROLE");
    app.add_option("--uid", uid, "With --as webapp: the uid of the account, ORG:USER:RAND");
    app.add_option("--name", name,
                   "With --as service: its NAME, or NAME/INSTANCE; with --as device: its serial number");
    app.add_option("--root", root, "Topic root of the application: empty, or ending in /")->capture_default_str();
    app.add_flag("--strict", strict, "Warnings count as errors for the exit code");
    app.add_option("-W,--timeout", timeout, "Exit after this many seconds, with code 27")->check(seconds());
}

std::optional<Holder> DoctorArguments::holder() const {
    refuse(as != "webapp" && !uid.empty(), "--uid needs --as webapp.");
    refuse((as.empty() || as == "webapp") && !name.empty(), "--name needs --as service or --as device.");
    if (as.empty()) return std::nullopt;
    check_root(root);
    if (as == "webapp") {
        refuse(uid.empty(), "--as webapp needs the uid of the account: --uid ORG:USER:RAND.");
        refuse(!messaging::is_valid_uid(uid), "A uid is ORG:USER:RAND, with 4 to 16 of a-z0-9 as RAND.");
        return Holder{Role::webapp, uid, root};
    }
    if (as == "service") {
        refuse(name.empty(), "--as service needs the name of the service: --name.");
        refuse(!is_service_account(name),
               "The name of a service is 1 to 64 of A-Z a-z 0-9 _ . -, and may be followed "
               "by / and the name of an instance.");
        return Holder{Role::service, name, root};
    }
    refuse(name.empty(), "--as device needs the serial number of the device: --name.");
    refuse(!messaging::is_valid_level(name), "A serial number has 1 to 128 bytes of UTF-8, without / + #.");
    return Holder{Role::device, name, root};
}

void DoctorArguments::check() const {
    refuse(connection.urls.size() > 1, "The doctor looks at one address; leave out the others.");
    refuse(!is_valid_topic_name(topic) || topic.starts_with('$'), "--topic is not a topic name.");
}

}  // namespace wsmq::command
