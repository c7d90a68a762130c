using System.Collections.Concurrent;
using System.Reflection;
using System.Text;
using Latent.Kernels;

namespace Latent.Engine.Checkpoints;

/// <summary>How values of a type are stored.</summary>
internal enum StateKind
{
    /// <summary>A number, a character, a truth value or an enumeration: its bytes.</summary>
    Primitive,

    /// <summary>Text.</summary>
    Text,

    /// <summary>A value type that may be absent.</summary>
    Nullable,

    /// <summary>A value type: its fields.</summary>
    Struct,

    /// <summary>A class: its fields.</summary>
    Class,

    /// <summary>An array.</summary>
    Array,

    /// <summary>Elements in order, whatever holds them.</summary>
    Sequence,

    /// <summary>Memory that someone else owns: can be hashed, not read back.</summary>
    Memory,

    /// <summary>Aligned doubles: their values, wherever in memory they happen to begin.</summary>
    Aligned,

    /// <summary>An interface or a base class: the type of each value decides.</summary>
    Open,
}

/// <summary>
/// How values of one type are stored: field by field, down to numbers and text. What exists is valid, so that a value which has the same fields to the last bit
/// is valid too, with all that it derives.
/// </summary>
internal sealed class StateShape
{
    private static readonly ConcurrentDictionary<Type, StateShape> _shapes = [];

    private StateShape(Type type, StateKind kind, Type? element, FieldInfo[] fields)
    {
        (Type, Kind, Element, Fields) = (type, kind, element, fields);
        Signature = kind is StateKind.Class or StateKind.Struct
            ? $"{type}{{{string.Join(';', fields.Select(field => $"{field.Name}:{Describe(field.FieldType)}"))}}}"
            : type.ToString();
    }

    public Type Type { get; }

    public StateKind Kind { get; }

    /// <summary>The type of elements, or of the value that may be absent.</summary>
    public Type? Element { get; }

    /// <summary>The fields of a class, those of its base classes included, without those that are not saved.</summary>
    public FieldInfo[] Fields { get; }

    /// <summary>Name and layout: a checkpoint whose types have others was written by another version.</summary>
    public string Signature { get; }

    /// <summary>The shape of a type.</summary>
    /// <exception cref="NotSupportedException">Values of the type are more than data.</exception>
    public static StateShape Of(Type type) => _shapes.TryGetValue(type, out StateShape? shape) ? shape : _shapes.GetOrAdd(type, Create(type));

    /// <summary>Checks a type and those of all its fields, as far as they are known beforehand.</summary>
    /// <exception cref="NotSupportedException">A field holds something else than data; the message names it.</exception>
    public static void Check(Type type) => Check(type, []);

    private static void Check(Type type, HashSet<Type> seen)
    {
        if (!seen.Add(type))
        {
            return;
        }
        StateShape shape = Of(type);
        if (shape.Element is { } element)
        {
            Check(element, seen);
        }
        foreach (FieldInfo field in shape.Fields)
        {
            try
            {
                Check(field.FieldType, seen);
            }
            catch (NotSupportedException cause) when (cause.InnerException is null)
            {
                throw new NotSupportedException($"{cause.Message.TrimEnd('.')}, in the field {NameOf(field)} of {Pretty(type)}. Mark the field with [NotSaved] where it can be made again.", cause);
            }
        }
    }

    private static StateShape Create(Type type)
    {
        if (type.IsPrimitive && type != typeof(nint) && type != typeof(nuint) || type.IsEnum || type == typeof(decimal))
        {
            return new StateShape(type, StateKind.Primitive, null, []);
        }
        if (type == typeof(string))
        {
            return new StateShape(type, StateKind.Text, null, []);
        }
        if (type == typeof(AlignedBuffer))
        {
            return new StateShape(type, StateKind.Aligned, null, []);
        }
        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return new StateShape(type, StateKind.Nullable, value, []);
        }
        if (type.IsArray)
        {
            return new StateShape(type, StateKind.Array, type.GetElementType(), []);
        }
        if (type.IsGenericType && type.GetGenericTypeDefinition() is { } generic)
        {
            Type element = type.GetGenericArguments()[0];
            if (generic == typeof(List<>) || generic == typeof(IReadOnlyList<>) || generic == typeof(IList<>) || generic == typeof(IReadOnlyCollection<>) || generic == typeof(IEnumerable<>))
            {
                return new StateShape(type, StateKind.Sequence, element, []);
            }
            if (generic == typeof(ReadOnlyMemory<>) || generic == typeof(Memory<>))
            {
                return new StateShape(type, StateKind.Memory, element, []);
            }
        }
        if (type.IsInterface || type.IsAbstract || type == typeof(object))
        {
            return new StateShape(type, StateKind.Open, null, []);
        }
        return IsData(type)
            ? new StateShape(type, type.IsValueType ? StateKind.Struct : StateKind.Class, null, FieldsOf(type))
            : throw new NotSupportedException($"Expected data made of numbers, text, arrays and types of these, found {Pretty(type)}.");
    }

    // Classes of the platform hold threads, handles and caches; its structs are judged by their fields.
    private static bool IsData(Type type) =>
        !type.IsPointer && !type.IsByRef && !type.IsByRefLike && type != typeof(nint) && type != typeof(nuint) && !typeof(Delegate).IsAssignableFrom(type)
        && (type.IsValueType || type.Assembly.GetName().Name?.StartsWith("System", StringComparison.Ordinal) != true);

    private static FieldInfo[] FieldsOf(Type type)
    {
        List<FieldInfo> fields = [];
        for (Type? level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            fields.AddRange(level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                .Where(field => !field.IsDefined(typeof(NotSavedAttribute)))
                .OrderBy(field => field.Name, StringComparer.Ordinal));
        }
        return [.. fields];
    }

    /// <summary>A value type's own layout is part of what holds it.</summary>
    private static string Describe(Type type)
    {
        try
        {
            return type.IsValueType ? Of(type).Signature : type.ToString();
        }
        catch (NotSupportedException)
        {
            return type.ToString();
        }
    }

    /// <summary>A field as code calls it, or the property that it stands behind.</summary>
    public static string NameOf(FieldInfo field) => field.Name[0] == '<' ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;

    /// <summary>A type as code calls it.</summary>
    public static string Pretty(Type type)
    {
        if (type.IsArray)
        {
            return Pretty(type.GetElementType()!) + "[]";
        }
        if (!type.IsGenericType)
        {
            return type.Name;
        }
        StringBuilder text = new(type.Name);
        int mark = type.Name.IndexOf('`', StringComparison.Ordinal);
        text.Length = mark < 0 ? text.Length : mark;
        return text.Append('<').AppendJoin(", ", type.GetGenericArguments().Select(Pretty)).Append('>').ToString();
    }
}
