// Why the kernel said "not permitted", and what to do about it.
#pragma once

#include <string>

#include "base/result.h"

namespace sonde::bpf {

bool may_load_programs();  // CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN, in the initial user namespace

// A sentence for Error::hint after EPERM or EACCES.
std::string permission_hint();

// The same where a file was refused.
std::string file_permission_hint(const std::string& path);

// "none", "integrity", "confidentiality" from the text of /sys/kernel/security/lockdown.
std::string lockdown_mode(const std::string& text);

// kPermission, with the hint, from an errno that is EPERM or EACCES; else as base::fail_errno.
tl::unexpected<Error> fail_system(int code, const std::string& what, std::string hint = {});

}  // namespace sonde::bpf
