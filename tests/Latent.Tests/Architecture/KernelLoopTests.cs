using System.Reflection;
using Latent.Kernels;

namespace Latent.Tests.Architecture;

/// <summary>Loops over registers are compiled once, at full optimization: the quick first version of a method keeps no vector in a register.</summary>
public sealed class KernelLoopTests
{
    [Fact]
    public void LoopsOverRegistersAreCompiledOnce()
    {
        MethodBase[] loops = [.. typeof(Em).Assembly.GetTypes().SelectMany(Dependencies.Methods).Where(method => IsOverRegisters(method) && Dependencies.HasLoop(method))];
        Assert.NotEmpty(loops);
        string[] tiered =
        [
            .. from method in loops
               where (method.MethodImplementationFlags & (MethodImplAttributes.AggressiveOptimization | MethodImplAttributes.AggressiveInlining)) == 0
               select $"{method.DeclaringType}.{method.Name}",
        ];
        Assert.True(tiered.Length == 0, $"Expected MethodImplOptions.AggressiveOptimization on every loop over registers, found none on:{Environment.NewLine}{string.Join(Environment.NewLine, tiered)}");
    }

    private static bool IsOverRegisters(MethodBase method) => method.IsGenericMethodDefinition && method.GetGenericArguments()
        .SelectMany(argument => argument.GetGenericParameterConstraints())
        .Any(constraint => constraint.IsGenericType && (constraint.GetGenericTypeDefinition() == typeof(ISimd<,>) || constraint.GetGenericTypeDefinition() == typeof(ISimdSingle<,>)));
}
