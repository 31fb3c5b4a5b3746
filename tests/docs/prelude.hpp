// What the programs of README.md and docs/ take as given.
#include <utility>  // Boost 1.74 forgets it

#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <iostream>

#include "wsmq/client.hpp"
#include "wsmq/native/client.hpp"
#include "wsmq/native/device.hpp"
#include "wsmq/native/file_store.hpp"
#include "wsmq/native/metrics_file.hpp"
#include "wsmq/native/service.hpp"
#include "wsmq/native/webapp.hpp"

namespace given {

namespace native = wsmq::native;
using boost::asio::awaitable;
using boost::asio::use_awaitable;
using native::make_uid;
using native::Request;
using native::Response;
using native::Target;
using wsmq::NeedInput;
using wsmq::Qos;

inline boost::asio::io_context io;
inline native::ClientOptions options;
void check(boost::system::error_code);
nlohmann::json create(std::string_view user, const nlohmann::json& item);
std::vector<nlohmann::json> orders_of(std::string_view user);

// Of those about the engine.
inline std::vector<std::uint8_t> bytes;
inline wsmq::Bytes chunk;
inline wsmq::TimePoint now;
template <class Alternative> bool is(const wsmq::Event& event) { return std::holds_alternative<Alternative>(event); }
void handle(const wsmq::Event&);
void send(const std::vector<std::uint8_t>&);
void arm(std::optional<wsmq::TimePoint>);

}  // namespace given
