// Macros taken out of sonde's own headers by name.
#include "compile/headers/header_definitions.h"

#include <gtest/gtest.h>

namespace sonde::compile {
namespace {

std::string defined(const std::vector<std::string>& names, std::string_view program) {
  std::set<std::string> taken;
  return definitions_of(names, program, taken);
}

bool defines(const std::string& text, const std::string& macro) { return text.find("#define " + macro) != text.npos; }

TEST(HeaderDefinitions, MacroIsFoundInItsHeader) {
  EXPECT_EQ(header_defining("tcp_snd_cwnd"), "net/tcp.h");
  EXPECT_EQ(header_defining("sk_daddr"), "net/sock.h");
  EXPECT_EQ(header_defining("BPF_CORE_READ"), "bpf/bpf_core_read.h");
  EXPECT_EQ(header_defining("tcp_snd_cwn"), "");
  EXPECT_EQ(header_defining("no_such_macro"), "");
  EXPECT_EQ(header_defining(""), "");
}

TEST(HeaderDefinitions, SondesInsideAndTheToolsAreNotForPrograms) {
  EXPECT_EQ(header_defining("SONDE_JOIN"), "");
  EXPECT_EQ(header_defining("SONDE_ANNOTATE"), "");
}

TEST(HeaderDefinitions, WhatAMacroRefersToComesAlong) {
  std::string text = defined({"tcp_hdr"}, "tcp_hdr(skb)->dest");
  EXPECT_TRUE(defines(text, "tcp_hdr(skb)"));
  EXPECT_TRUE(defines(text, "skb_transport_header(skb)"));
  EXPECT_FALSE(defines(text, "skb_network_header"));
}

TEST(HeaderDefinitions, WhatTheProgramMentionsIsLeftToIt) {
  std::string text = defined({"tcp_hdr"}, "static void *skb_transport_header(void *skb);  tcp_hdr(skb)->dest");
  EXPECT_TRUE(defines(text, "tcp_hdr(skb)"));
  EXPECT_FALSE(defines(text, "skb_transport_header"));
  EXPECT_TRUE(defines(defined({"tcp_hdr", "skb_transport_header"}, "skb_transport_header(skb) tcp_hdr(skb)"),
                      "skb_transport_header"));
}

TEST(HeaderDefinitions, MacroOfSeveralLinesIsTakenWhole) {
  std::string text = defined({"sg_next"}, "sg_next(sg)");
  EXPECT_NE(text.find("sg_++;"), text.npos);
  EXPECT_NE(text.find("sg_; })\n"), text.npos);
}

TEST(HeaderDefinitions, AlternativesAreTakenTogether) {
  std::string text = defined({"user_mode"}, "user_mode(ctx)");
  EXPECT_EQ(text.find("#if"), 0u);
  EXPECT_NE(text.find("#endif\n"), text.npos);
}

TEST(HeaderDefinitions, EachOnce) {
  std::set<std::string> taken;
  EXPECT_NE(definitions_of({"MAJOR"}, "MAJOR(dev)", taken), "");
  EXPECT_TRUE(taken.count("MINORBITS"));
  EXPECT_EQ(definitions_of({"MAJOR"}, "MAJOR(dev)", taken), "");
}

}  // namespace
}  // namespace sonde::compile
