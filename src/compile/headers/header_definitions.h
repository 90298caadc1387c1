// Single macros out of sonde's own headers, for programs that use a name without including its header.
//
// Before (the program as written)            After (what is put in front of it, once clang has missed the name)
//   ports[ntohs(tcp_hdr(skb)->dest)]++;        #define tcp_hdr(skb) ((struct tcphdr *)skb_transport_header(skb))
//                                              #define skb_transport_header(skb) ((unsigned char *)(skb)->head + …)
//
// Only names that the program does not declare are missed, so its own definition of a name always wins.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sonde::compile {

// The kernel header in whose place one of sonde's defines this macro ("net/tcp.h" for tcp_snd_cwnd); empty: none does.
std::string_view header_defining(std::string_view macro);

// Definitions of those of the `names` that sonde's headers have, together with what they refer to. What the program's
// text itself mentions comes along only when it is among the names: the program may define it. Adds to `taken`, and
// leaves out what is in it already.
std::string definitions_of(const std::vector<std::string>& names, std::string_view program,
                           std::set<std::string>& taken);

}  // namespace sonde::compile
