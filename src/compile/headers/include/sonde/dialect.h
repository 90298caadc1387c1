// What every program sees before its own first line.
#pragma once
#pragma clang system_header
#include <sonde/basic.h>
#include <sonde/registers.h>
#include <sonde/helpers.h>
#include <sonde/packets.h>
#include <sonde/bit_fields.h>
#include <sonde/map_calls.h>
#include <sonde/maps.h>
#include <sonde/programs.h>
