// An answer of a name server, and what is then known.
// Of: tool/formats/dns_names.cc
#include "input.h"
#include "tool/formats/dns_names.h"

FUZZ(input) {
  sonde::tool::DnsNames names;
  names.add(input, 1);
  for (std::string_view address : {input.substr(0, 4), input.substr(0, 16)}) sonde::fuzz::use(names.find(address, 2));
}
