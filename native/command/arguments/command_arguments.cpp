#include "command_arguments.hpp"

#include <CLI/CLI.hpp>

#include "arguments/option_kinds.hpp"
#include "messages/message_format.hpp"

namespace wsmq::command {

void PubArguments::add_to(CLI::App& app) {
    connection.add_to(app);
    app.add_option("-t,--topic", topic, "Topic name");
    app.add_option("-m,--message", payload.message, "The payload");
    app.add_option("-f,--file", payload.file, "A file whose content is the payload; - is standard input");
    app.add_flag("-l,--stdin-line", payload.lines, "Publish each line of standard input as a message");
    app.add_flag("-s,--stdin-file", payload.standard_input, "Use all of standard input as the payload");
    app.add_flag("-n,--null-message", payload.empty, "An empty payload, which removes a retained message");
    app.add_option("-q,--qos", qos, "QoS")->check(whole_number(0, 2))->capture_default_str();
    app.add_flag("-r,--retain", retain, "Set the retain flag: the broker keeps the message for later subscribers");
    app.add_option("--repeat", payload.repeat, "Number of times that the message is published")
        ->check(whole_number(1))
        ->capture_default_str();
    app.add_option("--repeat-delay", repeat_delay, "Seconds between repeats")->check(number(0, most_seconds));
    app.add_option("-W,--timeout", timeout, "Exit after this many seconds, with code 27")->check(seconds());
}

void SubArguments::add_to(CLI::App& app) {
    connection.add_to(app);
    add_repeated(app, "-t,--topic", topic_filters, "Topic filter");
    add_repeated(app, "-T,--filter-out", filtered_out, "Do not print topics that match this filter");
    add_repeated(app, "-U,--unsubscribe", unsubscribed, "Unsubscribe from this topic filter of a resumed session (-c)");
    app.add_option("-q,--qos", qos, "QoS of the subscription")->check(whole_number(0, 2))->capture_default_str();
    app.add_option("-C,--count", count, "Exit after this many messages")->check(whole_number(1));
    app.add_option("-W,--timeout", timeout, "Exit after this many seconds, with code 27")->check(seconds());
    app.add_flag("-v,--verbose", verbose, "Print the topic before the payload");
    app.add_flag("-N,--no-newline", no_newline, "Print no newline after a payload");
    app.add_option("-F,--format", format, "Output format of a message: " + std::string{format_letters()});
    app.add_flag("--pretty", pretty, "With --json: indented");
    app.add_flag("-R,--no-retained", no_retained, "Do not print retained messages");
    app.add_flag("--retained-only", retained_only, "Print retained messages only, and exit at the first live message");
    app.add_flag("--remove-retained", remove_retained, "Remove each retained message that arrives from the broker");
    app.add_flag("-E,--exit-after-subscribe", exit_after_subscribe,
                 "Exit once the broker has granted the subscriptions");
    app.add_option("--store", store,
                   "Keep the session in this file (implies -c): printed messages are acknowledged, and "
                   "are not received again")
        ->type_name("FILE");
    app.add_flag("--no-local", no_local, "MQTT 5: No Local, do not receive messages of this client");
    app.add_flag("--retain-as-published", retain_as_published,
                 "MQTT 5: Retain As Published, keep the retain flag of the publisher");
    app.add_option("--retain-handling", retain_handling,
                   "MQTT 5: Retain Handling: send retained messages always (0), for new subscriptions (1), never (2)")
        ->check(whole_number(0, 2));
}

void BenchArguments::add_to(CLI::App& app) {
    connection.add_to(app);
    app.add_option("-t,--topic", topic, "Topic name; %i is replaced by the publisher's number")->capture_default_str();
    app.add_option("--publishers", publishers, "Number of publishers")
        ->check(whole_number(0, 10'000))
        ->capture_default_str();
    app.add_option("--subscribers", subscribers, "Number of subscribers, each to all topics")
        ->check(whole_number(0, 10'000))
        ->capture_default_str();
    app.add_option("-n,--messages", messages, "Messages per publisher")->check(whole_number(1))->capture_default_str();
    app.add_option("-s,--size", size, "Payload size in bytes, at least 16")
        ->check(whole_number(16, 16 << 20))
        ->capture_default_str();
    app.add_option("-q,--qos", qos, "QoS of publishers and subscribers")
        ->check(whole_number(0, 2))
        ->capture_default_str();
    app.add_option("--rate", rate, "Messages per second and publisher; default: as fast as possible")
        ->check(number(0.001, 1e9));
    app.add_option("--window", window, "QoS 1 and 2: messages in flight per publisher")
        ->check(whole_number(1, 65'535))
        ->capture_default_str();
    app.add_option("-W,--timeout", timeout, "Exit with code 27 after this many seconds without progress")
        ->check(seconds())
        ->capture_default_str();
    metrics.add_to(app);
    load.add_to(app);
}

}  // namespace wsmq::command
