#include "transport/tls_layer.hpp"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "transport/certificate.hpp"

namespace wsmq::native {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

/// Of a file that cannot be opened OpenSSL says little.
std::string reason(const std::string& file, error_code error) {
    errno = 0;
    const std::ifstream stream{file};
    return file + ": " + (stream || errno == 0 ? error.message() : std::generic_category().message(errno));
}

/// Stops at the first option that cannot be used, and names it.
class Loader {
public:
    explicit Loader(ssl::context& context) : context_{context} {}

    void authorities(const TlsOptions& options) {
        error_code error;
        if (options.ca_file.empty() && options.ca_path.empty()) {
            context_.set_default_verify_paths(error);
            if (error) failed_ = "the system's authorities: " + error.message();
            return;
        }
        if (!options.ca_file.empty()) context_.load_verify_file(options.ca_file, error);
        if (error) failed_ = reason(options.ca_file, error);
        if (!failed_ && !options.ca_path.empty()) context_.add_verify_path(options.ca_path, error);
        if (!failed_ && error) failed_ = reason(options.ca_path, error);
    }

    void own_certificate(const TlsOptions& options) {
        if (failed_ || (options.certificate_file.empty() && options.private_key_file.empty())) return;
        if (options.certificate_file.empty() || options.private_key_file.empty()) {
            failed_ = "a certificate and its private key are given together";
            return;
        }
        error_code error;
        // Always: without one OpenSSL would ask on the terminal.
        context_.set_password_callback(
            [password = options.private_key_password](std::size_t, ssl::context::password_purpose) { return password; },
            error);
        context_.use_certificate_chain_file(options.certificate_file, error);
        if (error) {
            failed_ = reason(options.certificate_file, error);
            return;
        }
        context_.use_private_key_file(options.private_key_file, ssl::context::pem, error);
        if (error) failed_ = reason(options.private_key_file, error);
    }

    [[nodiscard]] const std::optional<std::string>& failed() const noexcept { return failed_; }

private:
    ssl::context& context_;
    std::optional<std::string> failed_;
};

TransportError error_of(int rejection) {
    switch (rejection) {
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_CERT_NOT_YET_VALID: return TransportError::certificate_expired;
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return TransportError::certificate_self_signed;
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH: return TransportError::host_name_mismatch;
        default: return TransportError::certificate_untrusted;
    }
}

}  // namespace

bool is_tls_error(error_code error) { return error.category() == boost::asio::error::get_ssl_category(); }

std::optional<Failure> TlsLayer::prepare(const TlsOptions& options, const std::string& host,
                                         const std::string& protocol) {
    context_.emplace(ssl::context::tls_client);
    const bool has_oldest = options.version != TlsVersion::v1_3;
    SSL_CTX_set_min_proto_version(context_->native_handle(), has_oldest ? TLS1_2_VERSION : TLS1_3_VERSION);
    if (options.version == TlsVersion::v1_2) SSL_CTX_set_max_proto_version(context_->native_handle(), TLS1_2_VERSION);
    Loader loader{*context_};
    if (!options.insecure) loader.authorities(options);
    loader.own_certificate(options);
    if (loader.failed()) return Failure{TransportError::invalid_options, *loader.failed()};

    stream_.emplace(socket_, *context_);
    const auto wire = static_cast<char>(protocol.size()) + protocol;
    const auto* bytes = reinterpret_cast<const unsigned char*>(wire.data());
    SSL_set_alpn_protos(stream_->native_handle(), bytes, static_cast<unsigned>(wire.size()));
    expect_host(options.server_name.empty() ? host : options.server_name);
    if (options.insecure) {
        stream_->set_verify_mode(ssl::verify_none);
        return std::nullopt;
    }
    stream_->set_verify_mode(ssl::verify_peer);
    stream_->set_verify_callback(
        [this](bool so_far, ssl::verify_context& context) { return verified(so_far, context); });
    return std::nullopt;
}

void TlsLayer::expect_host(const std::string& host) {
    host_ = host.substr(0, host.find('%'));
    auto* const session = stream_->native_handle();
    auto* const parameters = SSL_get0_param(session);
    error_code not_an_address;
    boost::asio::ip::make_address(host_, not_an_address);
    if (!not_an_address) {
        X509_VERIFY_PARAM_set1_ip_asc(parameters, host_.c_str());
        return;
    }
    // An address is no server name (RFC 6066, 3).
    SSL_set_tlsext_host_name(session, host_.c_str());
    // The subject's common name does not count, and a wildcard stands for a whole label (RFC 9525, 6.3).
    X509_VERIFY_PARAM_set_hostflags(parameters,
                                    X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set1_host(parameters, host_.data(), host_.size());
}

bool TlsLayer::verified(bool so_far, ssl::verify_context& context) {
    if (so_far || rejection_) return so_far;
    auto* const store = context.native_handle();
    const int error = X509_STORE_CTX_get_error(store);
    auto* const certificate = X509_STORE_CTX_get_current_cert(store);
    const auto code = error_of(error);
    std::string detail = X509_verify_cert_error_string(error);
    if (certificate && code == TransportError::host_name_mismatch) {
        const auto known = names(certificate);
        detail += known.empty() ? ": it has no subjectAltName for a host, and its subject (" + subject(certificate) +
                                      ") does not count"
                                : ": it is for " + known;
        detail += ", asked was " + host_;
    } else if (certificate) {
        detail += ": " + subject(certificate);
        if (code == TransportError::certificate_expired) detail += ", valid " + validity(certificate);
    }
    rejection_ = Failure{code, detail};
    return false;
}

Failure TlsLayer::explain(error_code error) const {
    if (rejection_) return *rejection_;
    const bool is_end = error == boost::asio::error::eof || error == ssl::error::stream_truncated;
    return {TransportError::tls_failed, is_end ? "the connection was closed" : error.message()};
}

}  // namespace wsmq::native
