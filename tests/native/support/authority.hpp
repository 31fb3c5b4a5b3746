// A certificate authority that lives as long as a test, and the certificates that it issues, in PEM files.
#pragma once
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "support/scratch_directory.hpp"

namespace wsmq::native::test {

/// What is asked of an authority.
struct Request {
    std::string common_name = "localhost";
    /// As OpenSSL has it: "DNS:localhost,IP:127.0.0.1".
    std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
    /// In seconds from now.
    long valid_from = -3600;
    long valid_to = 86'400;
    std::string password{};  ///< encrypts the private key
    bool self_signed = false;
};

struct IssuedFiles {
    std::string certificate;
    std::string private_key;
};

class Authority {
public:
    Authority();

    [[nodiscard]] IssuedFiles issue(const Request&);
    /// The authority's own certificate.
    [[nodiscard]] std::string file() const { return directory_.file("authority.pem"); }
    /// A directory with it, as `openssl rehash` makes one.
    [[nodiscard]] std::string path() const { return directory_.file("authorities"); }
    [[nodiscard]] std::string nowhere() const { return directory_.file("nothing.pem"); }

private:
    struct Free {
        void operator()(X509* certificate) const { X509_free(certificate); }
        void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    };
    using Certificate = std::unique_ptr<X509, Free>;
    using Key = std::unique_ptr<EVP_PKEY, Free>;

    Certificate make(EVP_PKEY*, const Request&, const std::string& constraints);

    ScratchDirectory directory_;
    Key key_;
    Certificate certificate_;
    long serial_ = 0;
};

}  // namespace wsmq::native::test
