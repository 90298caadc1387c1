// The network namespace behind a possible_net_t.
#pragma once

#define read_pnet(pnet) ((pnet)->net)
#define net_eq(net1, net2) ((net1) == (net2))
