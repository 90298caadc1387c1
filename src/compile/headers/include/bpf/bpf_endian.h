// bpf_ntohs and its like are in every program.
#pragma once

#include <sonde/helpers.h>
