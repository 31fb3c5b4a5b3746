#include "transport/certificate.hpp"

#include <openssl/bio.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cstring>
#include <memory>

#include "transport/sanitize.hpp"

namespace wsmq::native {
namespace {

constexpr int most_names = 5;

struct FreeBio {
    void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeNames {
    void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

/// What one of OpenSSL's printing functions prints.
template <class Print> std::string printed(Print print) {
    const std::unique_ptr<BIO, FreeBio> bio{BIO_new(BIO_s_mem())};
    if (!bio) return {};
    print(bio.get());
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &data);
    return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string{};
}

std::string address_text(const unsigned char* bytes, std::size_t size) {
    if (size == 4) {
        boost::asio::ip::address_v4::bytes_type v4{};
        std::memcpy(v4.data(), bytes, v4.size());
        return boost::asio::ip::address_v4{v4}.to_string();
    }
    if (size != 16) return {};
    boost::asio::ip::address_v6::bytes_type v6{};
    std::memcpy(v6.data(), bytes, v6.size());
    return boost::asio::ip::address_v6{v6}.to_string();
}

std::string name_text(const GENERAL_NAME* name) {
    if (name->type != GEN_DNS && name->type != GEN_IPADD) return {};
    const ASN1_STRING* value = name->type == GEN_DNS ? name->d.dNSName : name->d.iPAddress;
    const auto* data = ASN1_STRING_get0_data(value);
    const auto size = static_cast<std::size_t>(ASN1_STRING_length(value));
    if (name->type == GEN_IPADD) return address_text(data, size);
    return {reinterpret_cast<const char*>(data), size};
}

}  // namespace

std::string subject(X509* certificate) {
    return printable(printed([&](BIO* bio) {
        X509_NAME_print_ex(bio, X509_get_subject_name(certificate), 0, XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
    }));
}

std::string names(X509* certificate) {
    const std::unique_ptr<GENERAL_NAMES, FreeNames> all{
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr))};
    std::string text;
    const int count = all ? std::min(sk_GENERAL_NAME_num(all.get()), most_names) : 0;
    for (int i = 0; i < count; ++i) {
        const auto name = name_text(sk_GENERAL_NAME_value(all.get(), i));
        if (!name.empty()) text += (text.empty() ? "" : ", ") + name;
    }
    return printable(text);
}

std::string validity(X509* certificate) {
    return "from " + printed([&](BIO* bio) { ASN1_TIME_print(bio, X509_get0_notBefore(certificate)); }) + " to " +
           printed([&](BIO* bio) { ASN1_TIME_print(bio, X509_get0_notAfter(certificate)); });
}

}  // namespace wsmq::native
