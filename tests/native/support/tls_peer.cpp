#include "support/tls_peer.hpp"

#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <string_view>
#include <utility>

namespace wsmq::native::test {
namespace {

namespace ssl = boost::asio::ssl;

/// Takes the protocol that it is there for, where the client offers it (RFC 7301, 3.2).
int select_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                    unsigned int in_size, void* wanted) {
    const auto& protocol = *static_cast<const std::string*>(wanted);
    const std::string offered{reinterpret_cast<const char*>(in), in_size};
    const auto at = offered.find(static_cast<char>(protocol.size()) + protocol);
    if (protocol.empty() || at == std::string::npos) return SSL_TLSEXT_ERR_NOACK;
    *out = in + at + 1;
    *out_size = static_cast<unsigned char>(protocol.size());
    return SSL_TLSEXT_ERR_OK;
}

std::shared_ptr<ssl::context> make_context(const TlsServerOptions& options) {
    const auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    context->use_certificate_chain_file(options.files.certificate);
    context->use_private_key_file(options.files.private_key, ssl::context::pem);
    auto* const handle = context->native_handle();
    if (options.maximum_version != 0) {
        SSL_CTX_set_security_level(handle, 0);  // old versions sign with SHA-1
        SSL_CTX_set_max_proto_version(handle, options.maximum_version);
    }
    if (!options.client_authority.empty()) {
        context->load_verify_file(options.client_authority);
        context->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
    }
    return context;
}

TlsSeen seen(TlsPeer& stream) {
    auto* const session = stream.native_handle();
    TlsSeen result;
    if (const char* name = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name)) result.server_name = name;
    const unsigned char* protocol = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(session, &protocol, &size);
    if (size > 0) result.protocol.assign(reinterpret_cast<const char*>(protocol), size);
    if (const X509* certificate = SSL_get0_peer_certificate(session)) {
        char name[256];
        X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
        result.client = name;
    }
    return result;
}

}  // namespace

Script with_tls(TlsServerOptions options, std::function<void(TlsPeer&, const TlsSeen&)> next) {
    const auto context = make_context(options);
    const auto protocol = std::make_shared<std::string>(options.protocol);
    SSL_CTX_set_alpn_select_cb(context->native_handle(), select_protocol, protocol.get());
    return [context, protocol, next = std::move(next)](Peer& peer) {
        TlsPeer stream{peer, *context};
        stream.handshake(ssl::stream_base::server);
        next(stream, seen(stream));
    };
}

std::string read_exactly(TlsPeer& peer, std::size_t size) {
    std::string bytes(size, '\0');
    boost::asio::read(peer, boost::asio::buffer(bytes));
    return bytes;
}

void write_all(TlsPeer& peer, const std::string& bytes) { boost::asio::write(peer, boost::asio::buffer(bytes)); }

}  // namespace wsmq::native::test
