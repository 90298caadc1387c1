// bool is in every program.
#pragma once

#include <sonde/basic.h>
