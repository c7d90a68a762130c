using System.Reflection;
using System.Reflection.Emit;

namespace Latent.Tests.Architecture;

/// <summary>The types that a type's code mentions: bases, members, signatures, locals and instructions.</summary>
internal static class Dependencies
{
    private const BindingFlags All = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> _codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>Pairs (from, to) of every mention in the types of an assembly, nested and generated ones included.</summary>
    public static IEnumerable<(Type From, Type To)> Of(Assembly assembly) =>
        assembly.GetTypes().SelectMany(type => Of(type).SelectMany(Flatten).Distinct().Select(used => (type, used)));

    /// <summary>Pairs (from, called) of every method that instructions of an assembly name.</summary>
    public static IEnumerable<(Type From, MethodBase Called)> Calls(Assembly assembly) =>
        from type in assembly.GetTypes()
        from method in Methods(type)
        from member in Named(method)
        where member is MethodBase
        select (type, (MethodBase)member);

    /// <summary>Whether a method goes back in its instructions.</summary>
    public static bool HasLoop(MethodBase method)
    {
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        return Operands(code).Any(operand => operand.Type switch
        {
            OperandType.ShortInlineBrTarget => (sbyte)code[operand.At] < 0,
            OperandType.InlineBrTarget => BitConverter.ToInt32(code, operand.At) < 0,
            _ => false,
        });
    }

    /// <summary>The methods and constructors that a type declares.</summary>
    public static IEnumerable<MethodBase> Methods(Type type) => type.GetConstructors(All).Concat<MethodBase>(type.GetMethods(All));

    private static IEnumerable<Type> Of(Type type)
    {
        if (type.BaseType is { } parent)
        {
            yield return parent;
        }
        foreach (Type implemented in type.GetInterfaces())
        {
            yield return implemented;
        }
        foreach (FieldInfo field in type.GetFields(All))
        {
            yield return field.FieldType;
        }
        foreach (MethodBase method in Methods(type))
        {
            foreach (Type used in Signature(method).Concat(Body(method)))
            {
                yield return used;
            }
        }
    }

    private static IEnumerable<Type> Signature(MethodBase method) =>
        method.GetParameters().Select(parameter => parameter.ParameterType).Append(method is MethodInfo info ? info.ReturnType : typeof(void));

    private static IEnumerable<Type> Body(MethodBase method) =>
        (method.GetMethodBody()?.LocalVariables.Select(local => local.LocalType) ?? []).Concat(Named(method).SelectMany(Mentioned));

    private static IEnumerable<MemberInfo> Named(MethodBase method) =>
        from token in Tokens(method.GetMethodBody()?.GetILAsByteArray() ?? [])
        select method.Module.ResolveMember(token, method.DeclaringType!.GetGenericArguments(), method.IsGenericMethod ? method.GetGenericArguments() : null);

    private static IEnumerable<Type> Mentioned(MemberInfo member) => member switch
    {
        Type type => [type],
        FieldInfo field => [field.DeclaringType!, field.FieldType],
        MethodBase method => [method.DeclaringType!, .. Signature(method), .. method.IsGenericMethod ? method.GetGenericArguments() : []],
        _ => [],
    };

    /// <summary>The metadata tokens of members in a method's instructions.</summary>
    private static IEnumerable<int> Tokens(byte[] code) =>
        from operand in Operands(code)
        where operand.Type is OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType
        select BitConverter.ToInt32(code, operand.At);

    /// <summary>The operands of instructions, and where each begins.</summary>
    private static IEnumerable<(OperandType Type, int At)> Operands(byte[] code)
    {
        int position = 0;
        while (position < code.Length)
        {
            short value = code[position++];
            if (value == 0xFE)
            {
                value = unchecked((short)(0xFE00 | code[position++]));
            }
            OperandType operand = _codes[value].OperandType;
            yield return (operand, position);
            position += operand switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, position),
                _ => 4,
            };
        }
    }

    private static IEnumerable<Type> Flatten(Type type)
    {
        while (type.HasElementType)
        {
            type = type.GetElementType()!;
        }
        return type.IsGenericParameter ? []
            : type.IsGenericType ? type.GetGenericArguments().SelectMany(Flatten).Append(type.GetGenericTypeDefinition())
            : [type];
    }
}
