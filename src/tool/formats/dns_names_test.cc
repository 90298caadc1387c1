// Answers of name servers, whole and broken.
#include "tool/formats/dns_names.h"

#include <gtest/gtest.h>

#include <random>

namespace sonde::tool {
namespace {

using std::string_literals::operator""s;

constexpr uint64_t kSecond = 1'000'000'000;

// One question, "example.test", and the answers.
std::string message(const std::string& answers, char count, char flags = '\x81') {
  return "\x12\x34"s + flags + "\x80\0\1\0"s + count + "\0\0\0\0"s + "\7example\4test\0\0\1\0\1"s + answers;
}

std::string address4(const std::string& bytes) { return "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4"s + bytes; }

std::string host_of(const DnsNames& names, const std::string& address, uint64_t now = kSecond) {
  const DnsNames::Known* known = names.find(address, now);
  return known ? known->host : "";
}

TEST(DnsNames, AddressesHaveTheNameThatWasAskedFor) {
  DnsNames names;
  std::string alias = "\xc0\x0c\0\5\0\1\0\0\0\x3c\0\6\3www\xc0\x0c"s;
  std::string address6 = "\xc0\x2a\0\x1c\0\1\0\0\0\x3c\0\x10"s + std::string(16, '\7');
  names.add(message(alias + address4("\x0a\0\0\1"s) + address6, 3), kSecond);
  EXPECT_EQ(host_of(names, "\x0a\0\0\1"s), "example.test");
  EXPECT_EQ(host_of(names, std::string(16, '\7')), "example.test");
  EXPECT_EQ(host_of(names, "\x0a\0\0\2"s), "");
}

TEST(DnsNames, AnAnswerHoldsAsLongAsItSays) {
  DnsNames names;
  names.add(message(address4("\x0a\0\0\1"s), 1), kSecond);
  EXPECT_EQ(host_of(names, "\x0a\0\0\1"s, 61 * kSecond), "example.test");
  EXPECT_EQ(host_of(names, "\x0a\0\0\1"s, 62 * kSecond), "");
}

TEST(DnsNames, QuestionsAreNoAnswers) {
  DnsNames names;
  names.add(message(address4("\x0a\0\0\1"s), 1, '\1'), kSecond);
  EXPECT_EQ(host_of(names, "\x0a\0\0\1"s), "");
}

TEST(DnsNames, APointerToItselfEnds) {
  DnsNames names;
  names.add("\x12\x34\x81\x80\0\1\0\1\0\0\0\0\xc0\x0c\0\1\0\1"s, kSecond);
  names.add(message("\xc0\x1e\0\1\0\1\0\0\0\x3c\0\4\x0a\0\0\1"s, 1), kSecond);
  EXPECT_EQ(host_of(names, "\x0a\0\0\1"s), "");
}

TEST(DnsNames, WhatIsCutOffOrBrokenIsPassedOver) {
  std::string whole = message(address4("\x0a\0\0\1"s) + address4("\x0a\0\0\2"s), 2);
  for (size_t length = 0; length < whole.size(); ++length) DnsNames().add(whole.substr(0, length), kSecond);
  std::mt19937 random(7);
  for (int i = 0; i < 20'000; ++i) {
    std::string broken = whole;
    for (int k = 0; k < 3; ++k) broken[random() % broken.size()] = static_cast<char>(random());
    DnsNames().add(broken, kSecond);
  }
}

}  // namespace
}  // namespace sonde::tool
