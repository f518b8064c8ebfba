# numba infers the types: kernels take arrays of the dtypes that their docstrings name
# mypy: disable-error-code="no-untyped-def, no-untyped-call, assignment"
"""What makes the processor work on many numbers at once, where the compiler alone does not.

It leaves short loops scalar, so `cover_four` and `cover_eight` spell their vector instructions out.
It also leaves loops scalar that read and write several arrays, as any two may overlap: with the
functions of `apart` they promise not to. All of it works on every processor, as wide as it has
registers.
"""

from __future__ import annotations

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 16
"""How many points split_points takes at once."""


def apart(name):
    """Two functions, to look at and to put an item at a place of an array in C order, counted as
    if it had one dimension.

    What a function puts it may not look at: each has a pair of its own.
    """

    @intrinsic
    def look(typing_context, array, at):
        def generate(context, builder, signature, arguments):
            item = builder.load(_place(context, builder, signature, arguments))
            item.set_metadata("noalias", _written(builder, name))
            return item

        return array.dtype(array, types.intp), generate

    @intrinsic
    def put(typing_context, array, at, value):
        def generate(context, builder, signature, arguments):
            place = _place(context, builder, signature, arguments)
            written = _written(builder, name)
            builder.store(arguments[2], place).set_metadata("alias.scope", written)
            return context.get_dummy_value()

        return types.void(array, types.intp, array.dtype), generate

    return look, put


def _place(context, builder, signature, arguments):
    assert signature.args[0].layout == "C"
    whole = context.make_array(signature.args[0])(context, builder, arguments[0])
    return builder.gep(whole.data, [arguments[1]])


@intrinsic
def fetch(typing_context, array, at):
    """Have an item of an array in C order, counted as by `apart`, brought near for its use soon.

    Many such take about as long as one; a loop that uses what it reads waits for most of them.
    """

    def generate(context, builder, signature, arguments):
        byte = ir.IntType(8).as_pointer()
        number = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        call = builder.module.declare_intrinsic("llvm.prefetch", [byte], kind)
        place = builder.bitcast(_place(context, builder, signature, arguments), byte)
        to_read, near_by, data = number(0), number(3), number(1)
        builder.call(call, [place, to_read, near_by, data])
        return context.get_dummy_value()

    return types.void(array, types.intp), generate


def _written(builder, name):
    """The name by which the compiler knows what a function puts."""
    domain = builder.module.add_metadata([name])
    scope = builder.module.add_metadata([f"{name}: put", domain])
    return builder.module.add_metadata([scope])


def _spread(builder, value, n_lanes):
    """A vector of one number in all lanes."""
    nothing = ir.Constant(ir.VectorType(value.type, n_lanes), ir.Undefined)
    first = builder.insert_element(nothing, value, ir.Constant(ir.IntType(32), 0))
    lanes = ir.Constant(ir.VectorType(ir.IntType(32), n_lanes), [0] * n_lanes)
    return builder.shuffle_vector(first, nothing, lanes)


def _steps(n_lanes):
    """0, 1, 2 and so on, a lane each."""
    floats = ir.VectorType(ir.FloatType(), n_lanes)
    return ir.Constant(floats, [float(lane) for lane in range(n_lanes)])


def _cover_lanes(n_lanes):
    """A function that offers one key to n_lanes pixels side by side, all at once."""

    @intrinsic
    def cover(typing_context, keys, row, column, dx, rest, key):
        signature = types.void(keys, types.intp, types.intp, types.float32, types.float32, key)

        def generate(context, builder, signature, arguments):
            array, row, column, dx, rest, key = arguments
            whole = context.make_array(signature.args[0])(context, builder, array)
            place = cgutils.get_item_pointer(
                context, builder, signature.args[0], whole, (row, column), wraparound=False
            )
            wide = ir.VectorType(ir.IntType(64), n_lanes)
            at = builder.bitcast(place, wide.as_pointer())
            old = builder.load(at)
            old.align = 8
            across = builder.fadd(_spread(builder, dx, n_lanes), _steps(n_lanes))
            inside = builder.fcmp_ordered(
                "<", builder.fmul(across, across), _spread(builder, rest, n_lanes)
            )
            offered = _spread(builder, key, n_lanes)
            wins = builder.and_(inside, builder.icmp_signed("<", offered, old))
            builder.store(builder.select(wins, offered, old), at).align = 8
            return context.get_dummy_value()

        return signature, generate

    return cover


cover_four, cover_eight = _cover_lanes(4), _cover_lanes(8)
TINTED = 8
"""How many pixels tint_pixels works on at once."""


@intrinsic
def tint_pixels(typing_context, planes, at, step, dx, dy, outer, adds, alpha):
    """Lay a see-through disc over TINTED pixels of a row, in planes step apart, float32 in C order.

    dx, dy: from the disc's middle to the first pixel's; outer: its radius and half a pixel. adds:
    what is added to each plane but the last where all of a pixel is covered; the last keeps what
    alpha lets through.
    """
    n = TINTED
    floats = ir.VectorType(ir.FloatType(), n)
    loose = ("contract",)

    def generate(context, builder, signature, arguments):
        planes, at, step, dx, dy, outer, adds, alpha = arguments
        whole = context.make_array(signature.args[0])(context, builder, planes)
        none, one = (ir.Constant(floats, [number] * n) for number in (0.0, 1.0))
        across = builder.fadd(_spread(builder, dx, n), _steps(n))
        squares = builder.fmul(_spread(builder, dy, n), _spread(builder, dy, n))
        squares = builder.fadd(builder.fmul(across, across, flags=loose), squares, flags=loose)
        root = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(floats, [floats]), f"llvm.sqrt.v{n}f32"
        )
        cover = builder.fsub(_spread(builder, outer, n), builder.call(root, [squares]))
        cover = builder.select(builder.fcmp_ordered("<", cover, one), cover, one)
        cover = builder.select(builder.fcmp_ordered(">", cover, none), cover, none)
        for number in cgutils.unpack_tuple(builder, adds):
            there, old = _load_lanes(builder, whole.data, at, floats)
            share = builder.fmul(cover, _spread(builder, number, n), flags=loose)
            builder.store(builder.fadd(old, share, flags=loose), there).align = 4
            at = builder.add(at, step)
        there, old = _load_lanes(builder, whole.data, at, floats)
        taken = builder.fmul(cover, _spread(builder, alpha, n), flags=loose)
        kept = builder.fsub(one, taken, flags=loose)
        builder.store(builder.fmul(old, kept), there).align = 4
        return context.get_dummy_value()

    places = (types.intp, types.intp)
    return types.void(planes, *places, dx, dy, outer, adds, alpha), generate


def _load_lanes(builder, data, at, kind):
    """Where some items of an array are, and the items."""
    place = builder.bitcast(builder.gep(data, [at]), kind.as_pointer())
    items = builder.load(place)
    items.align = 4
    return place, items


@intrinsic
def split_points(typing_context, points, at, planes, to, step):
    """LANES points from a place on, float32 (n, 4) in C order, become three planes step apart."""

    def generate(context, builder, signature, arguments):
        points, at, planes, to, step = arguments
        given = context.make_array(signature.args[0])(context, builder, points)
        taken = context.make_array(signature.args[2])(context, builder, planes)
        n = LANES
        wide = ir.VectorType(ir.FloatType(), 4 * n)
        narrow = ir.VectorType(ir.FloatType(), n)
        first = builder.mul(at, ir.Constant(at.type, 4))
        source = builder.bitcast(builder.gep(given.data, [first]), wide.as_pointer())
        whole = builder.load(source)
        whole.align = 4
        lanes = ir.VectorType(ir.IntType(32), n)
        for axis in range(3):
            picks = ir.Constant(lanes, [4 * lane + axis for lane in range(n)])
            plane = builder.shuffle_vector(whole, ir.Constant(wide, ir.Undefined), picks)
            place = builder.gep(taken.data, [to])
            builder.store(plane, builder.bitcast(place, narrow.as_pointer())).align = 4
            to = builder.add(to, step)
        return context.get_dummy_value()

    whole_numbers = (types.intp, types.intp)
    return types.void(points, types.intp, planes, *whole_numbers), generate
