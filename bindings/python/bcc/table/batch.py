"""Many entries of a table at one go."""
import ctypes as ct


class Batches:
    def items_lookup_batch(self):
        """Every (key, value), as they are."""
        return self._snapshot()

    def items_lookup_and_delete_batch(self):
        """Every (key, value), taken out of the table."""
        return self._snapshot(remove=True)

    def items_update_batch(self, ct_keys, ct_values):
        """Puts in the entries of two ctypes arrays of the same length."""
        self._check_array(ct_keys)
        self._check_array(ct_values)
        if len(ct_keys) != len(ct_values):
            raise ValueError("keys array length != values array length")
        for key, value in zip(_elements(ct_keys), _elements(ct_values)):
            self._update(key, value)

    def items_delete_batch(self, ct_keys=None):
        """Takes out the keys of a ctypes array; without one, all."""
        if ct_keys is None:
            for _ in self._snapshot(remove=True):
                pass
            return
        self._check_array(ct_keys)
        for key in _elements(ct_keys):
            self._map.remove(key)

    def _check_array(self, array):
        if not isinstance(array, ct.Array):
            raise TypeError("an array of ctypes is wanted, not %s" % type(array).__name__)
        if not 1 <= len(array) <= self.max_entries:
            raise ValueError("Array's length is wrong")


def _elements(array):
    """Instances over the array's own elements: array[i] would give plain numbers."""
    cls = array._type_
    return (cls.from_buffer(array, i * ct.sizeof(cls)) for i in range(len(array)))
