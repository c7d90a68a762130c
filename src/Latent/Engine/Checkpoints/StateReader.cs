using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Latent.Kernels;

namespace Latent.Engine.Checkpoints;

/// <summary>Reads what a <see cref="StateWriter"/> has written. Types are found among those of the program, and must have the layout that was written.</summary>
internal sealed class StateReader : IDisposable
{
    private readonly BinaryReader _reader;
    private readonly List<object?> _known = [];
    private readonly List<StateShape> _types = [];

    /// <summary>A reader that leaves the stream open.</summary>
    public StateReader(Stream stream) => _reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);

    /// <summary>Reads a value.</summary>
    /// <exception cref="InvalidDataException">The stream holds something else.</exception>
    public T Read<T>()
    {
        try
        {
            return (T)Read(typeof(T))!;
        }
        catch (Exception cause) when (cause is EndOfStreamException or FormatException or InvalidCastException or ArgumentException or OverflowException)
        {
            throw new InvalidDataException(cause.Message, cause);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    private object? Read(Type declared)
    {
        StateShape shape = StateShape.Of(declared);
        return shape.Kind switch
        {
            StateKind.Primitive => ReadPrimitive(shape.Type),
            StateKind.Nullable => _reader.ReadBoolean() ? Read(shape.Element!) : null,
            StateKind.Struct => ReadFields(shape, RuntimeHelpers.GetUninitializedObject(shape.Type)),
            StateKind.Memory => throw new InvalidDataException($"memory of {shape.Element}, which cannot be read back"),
            _ => ReadReference(shape),
        };
    }

    private object? ReadReference(StateShape declared)
    {
        switch ((StateMark)_reader.ReadByte())
        {
            case StateMark.Null:
                return null;
            case StateMark.Known:
                return _known[_reader.Read7BitEncodedInt()];
            case StateMark.New:
                break;
            default:
                throw new InvalidDataException("no object where one was expected");
        }
        int place = _known.Count;
        _known.Add(null);
        StateShape shape = declared.Kind is StateKind.Open or StateKind.Class ? ReadType(declared.Type) : declared;
        switch (shape.Kind)
        {
            case StateKind.Text:
                return _known[place] = _reader.ReadString();
            case StateKind.Array:
                return ReadArray(shape, place);
            case StateKind.Aligned:
                AlignedBuffer buffer = new(_reader.Read7BitEncodedInt());
                _reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(buffer.Span));
                return _known[place] = buffer;
            case StateKind.Sequence:
                return ReadSequence(shape, place);
            case StateKind.Class:
                return ReadFields(shape, _known[place] = RuntimeHelpers.GetUninitializedObject(shape.Type));
            default:
                return _known[place] = Read(shape.Type);
        }
    }

    private StateShape ReadType(Type declared)
    {
        int index = _reader.Read7BitEncodedInt();
        if (index == _types.Count)
        {
            string name = _reader.ReadString();
            string signature = _reader.ReadString();
            Type type = Type.GetType(name, null, static (_, wanted, _) => Find(wanted)) ?? throw new InvalidDataException($"the type {name}, which is not known");
            StateShape shape = StateShape.Of(type);
            _types.Add(shape.Signature == signature ? shape : throw new InvalidDataException($"another layout of {name}"));
        }
        return _types[index].Type.IsAssignableTo(declared) ? _types[index] : throw new InvalidDataException($"a {_types[index].Type} where a {declared} was expected");
    }

    private static Type? Find(string name) =>
        AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetType(name)).FirstOrDefault(type => type is not null);

    private object ReadFields(StateShape shape, object target)
    {
        foreach (FieldInfo field in shape.Fields)
        {
            field.SetValue(target, Read(field.FieldType));
        }
        return target;
    }

    private Array ReadArray(StateShape shape, int place)
    {
        int[] lengths = new int[shape.Type.GetArrayRank()];
        for (int dimension = 0; dimension < lengths.Length; dimension++)
        {
            lengths[dimension] = _reader.Read7BitEncodedInt();
        }
        Array array = Array.CreateInstance(shape.Element!, lengths);
        _known[place] = array;
        if (shape.Element!.IsPrimitive)
        {
            _reader.BaseStream.ReadExactly(MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(array), Buffer.ByteLength(array)));
            return array;
        }
        int[] index = new int[lengths.Length];
        for (long element = 0; element < array.LongLength; element++)
        {
            array.SetValue(Read(shape.Element!), index);
            for (int dimension = index.Length - 1; dimension >= 0 && ++index[dimension] == lengths[dimension]; dimension--)
            {
                index[dimension] = 0;
            }
        }
        return array;
    }

    private object ReadSequence(StateShape shape, int place)
    {
        Array elements = Array.CreateInstance(shape.Element!, _reader.Read7BitEncodedInt());
        for (int i = 0; i < elements.Length; i++)
        {
            elements.SetValue(Read(shape.Element!), i);
        }
        object sequence = shape.Type.IsInterface ? elements : Activator.CreateInstance(shape.Type, elements)!;
        _known[place] = sequence;
        return sequence;
    }

    private object ReadPrimitive(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.ToObject(type, _reader.ReadInt64());
        }
        return Type.GetTypeCode(type) switch
        {
            TypeCode.Double => _reader.ReadDouble(),
            TypeCode.Int32 => _reader.ReadInt32(),
            TypeCode.Int64 => _reader.ReadInt64(),
            TypeCode.UInt64 => _reader.ReadUInt64(),
            TypeCode.Boolean => _reader.ReadBoolean(),
            TypeCode.Single => _reader.ReadSingle(),
            TypeCode.Decimal => _reader.ReadDecimal(),
            TypeCode.Char => (char)_reader.ReadInt64(),
            _ => Convert.ChangeType(_reader.ReadInt64(), type, System.Globalization.CultureInfo.InvariantCulture),
        };
    }
}
