#include "load_arguments.hpp"

#include <CLI/CLI.hpp>

#include "arguments/messaging_arguments.hpp"
#include "arguments/option_kinds.hpp"
#include "exit_code.hpp"
#include "load/resources.hpp"

namespace wsmq::command {

void LoadArguments::add_to(CLI::App& app) {
    auto* const of_webapps =
        app.add_option("--webapps", webapps, "Join this many webapps instead, and measure joins, requests and rooms")
            ->check(whole_number(1, 100'000));
    for (const auto* name : {"--topic", "--publishers", "--subscribers", "--messages", "--size", "--qos", "--rate"})
        of_webapps->excludes(app.get_option(name));
    // What a webapp has of its own.
    for (const auto* name : {"--id", "--id-prefix", "--disable-clean-session", "--will-topic", "--property"})
        of_webapps->excludes(app.get_option(name));
    const auto others = app.get_options().size();
    app.add_option("--services", services, "Services under each root, with one instance each")
        ->check(whole_number(0, 10'000))
        ->capture_default_str();
    app.add_option("--tenants", tenants, "Topic roots, over which webapps and rooms are spread")
        ->check(whole_number(1, 10'000))
        ->capture_default_str();
    app.add_option("--watch", watch, "Whose presence a webapp watches: all under its root, or none")
        ->check(one_of({"all", "none"}))
        ->type_name("WHOM")
        ->capture_default_str();
    app.add_option("--rooms", rooms, "Rooms under each root; each webapp is in one of them")
        ->check(whole_number(0, 10'000))
        ->capture_default_str();
    app.add_option("--join-at-once", join_at_once, "Webapps that join at the same time")
        ->check(whole_number(1, 100'000))
        ->capture_default_str();
    app.add_option("--requests", requests, "Requests of each webapp, once all have joined; --window are open at a time")
        ->check(whole_number(0, 1'000'000))
        ->capture_default_str();
    app.add_option("--broker-pid", broker, "Process of the broker on this machine, for its processor time and memory")
        ->check(whole_number(1, 4'194'304));
    app.add_option("--restart-command", restart_command,
                   "Command line for sh that restarts the broker; then measure until all have joined again");
    app.add_option("--root", root, "Topic root; with --tenants, what the roots begin with")->capture_default_str();
    const auto all = app.get_options();
    for (auto own = others; own < all.size(); ++own) all[own]->needs(of_webapps);
}

void LoadArguments::check() const {
    check_root(root);
    if (broker != 0 && !usage_of(broker))
        throw UsageError{"There is no process " + std::to_string(broker) + " of --broker-pid."};
    if (tenants > webapps) throw UsageError{"--tenants is at most --webapps."};
}

}  // namespace wsmq::command
