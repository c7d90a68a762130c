using System.Collections;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Latent.Kernels;

namespace Latent.Engine.Checkpoints;

/// <summary>
/// Writes values bit for bit: fields in a fixed order, arrays as their bytes, an object that is met again as a reference to the first time, so that what was
/// shared is shared when it is read back.
/// </summary>
internal sealed class StateWriter : IDisposable
{
    private readonly BinaryWriter _writer;
    private readonly Dictionary<object, int> _known = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Type, int> _types = [];

    /// <summary>A writer that leaves the stream open.</summary>
    public StateWriter(Stream stream) => _writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);

    /// <summary>Writes a value.</summary>
    /// <exception cref="NotSupportedException">It holds something else than data.</exception>
    public void Write<T>(T value) => Write(typeof(T), value);

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    /// <summary>Writes a value where one of the type <paramref name="declared"/> is expected.</summary>
    public void Write(Type declared, object? value)
    {
        StateShape shape = StateShape.Of(declared);
        switch (shape.Kind)
        {
            case StateKind.Primitive:
                WritePrimitive(value!);
                break;
            case StateKind.Nullable:
                _writer.Write(value is not null);
                if (value is not null)
                {
                    Write(shape.Element!, value);
                }
                break;
            case StateKind.Struct:
                WriteFields(shape, value!);
                break;
            case StateKind.Memory:
                _generic.MakeGenericMethod(shape.Element!).Invoke(this, [value]);
                break;
            default:
                WriteReference(shape, value);
                break;
        }
    }

    private void WriteReference(StateShape declared, object? value)
    {
        if (value is null)
        {
            _writer.Write((byte)StateMark.Null);
            return;
        }
        if (_known.TryGetValue(value, out int known))
        {
            _writer.Write((byte)StateMark.Known);
            _writer.Write7BitEncodedInt(known);
            return;
        }
        _writer.Write((byte)StateMark.New);
        _known.Add(value, _known.Count);
        StateShape shape = declared;
        if (declared.Kind is StateKind.Open or StateKind.Class)
        {
            shape = StateShape.Of(value.GetType());
            WriteType(shape);
        }
        switch (shape.Kind)
        {
            case StateKind.Text:
                _writer.Write((string)value);
                break;
            case StateKind.Array:
                WriteArray(shape, (Array)value);
                break;
            case StateKind.Sequence:
                object?[] elements = [.. ((IEnumerable)value).Cast<object?>()];
                _writer.Write7BitEncodedInt(elements.Length);
                foreach (object? element in elements)
                {
                    Write(shape.Element!, element);
                }
                break;
            case StateKind.Class:
                WriteFields(shape, value);
                break;
            case StateKind.Aligned:
                WriteSpan<double>(((AlignedBuffer)value).Span);
                break;
            default:
                Write(shape.Type, value);
                break;
        }
    }

    private void WriteType(StateShape shape)
    {
        if (_types.TryGetValue(shape.Type, out int index))
        {
            _writer.Write7BitEncodedInt(index);
            return;
        }
        _writer.Write7BitEncodedInt(_types.Count);
        _types.Add(shape.Type, _types.Count);
        _writer.Write(shape.Type.ToString());
        _writer.Write(shape.Signature);
    }

    private void WriteFields(StateShape shape, object value)
    {
        foreach (FieldInfo field in shape.Fields)
        {
            Write(field.FieldType, field.GetValue(value));
        }
    }

    private void WriteArray(StateShape shape, Array array)
    {
        for (int dimension = 0; dimension < array.Rank; dimension++)
        {
            _writer.Write7BitEncodedInt(array.GetLength(dimension));
        }
        if (shape.Element!.IsPrimitive)
        {
            _writer.Write(MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(array), Buffer.ByteLength(array)));
            return;
        }
        foreach (object? element in array)
        {
            Write(shape.Element!, element);
        }
    }

    private static readonly MethodInfo _generic = typeof(StateWriter).GetMethod(nameof(WriteMemory), BindingFlags.Instance | BindingFlags.NonPublic)!;

    private void WriteMemory<T>(ReadOnlyMemory<T> memory)
        where T : struct => WriteSpan(memory.Span);

    private void WriteSpan<T>(ReadOnlySpan<T> span)
        where T : struct
    {
        _writer.Write7BitEncodedInt(span.Length);
        _writer.Write(MemoryMarshal.AsBytes(span));
    }

    private void WritePrimitive(object value)
    {
        switch (value)
        {
            case double number:
                _writer.Write(number);
                break;
            case int number:
                _writer.Write(number);
                break;
            case long number:
                _writer.Write(number);
                break;
            case ulong number:
                _writer.Write(number);
                break;
            case bool flag:
                _writer.Write(flag);
                break;
            case float number:
                _writer.Write(number);
                break;
            case decimal number:
                _writer.Write(number);
                break;
            case Enum or byte or sbyte or short or ushort or uint or char:
                _writer.Write(Convert.ToInt64(value is char letter ? (int)letter : value, System.Globalization.CultureInfo.InvariantCulture));
                break;
            default:
                throw new NotSupportedException($"Expected a number, found {value.GetType().Name}.");
        }
    }
}

/// <summary>What stands where an object is expected.</summary>
internal enum StateMark : byte
{
    /// <summary>No object.</summary>
    Null,

    /// <summary>One that came before.</summary>
    Known,

    /// <summary>The object follows.</summary>
    New,
}
