// memcpy and its like are in every program.
#pragma once

#include <sonde/basic.h>
