using Latent.Engine.Checkpoints;
using Latent.Families;

namespace Latent.Tests.Engine.Checkpoints;

/// <summary>Every model of the library can be kept and resumed: its parameters and its chunks are data, down to the last field.</summary>
public sealed class EveryModelTests
{
    [Fact]
    public void ParametersAndChunksAreData()
    {
        (Type Model, Type Parameters, Type Chunk)[] models =
        [
            .. from type in typeof(Em).Assembly.GetTypes()
               where type is { IsInterface: false, IsAbstract: false }
               let model = type.IsGenericTypeDefinition ? Close(type) : type
               where model is not null
               from contract in model.GetInterfaces()
               where contract.IsGenericType && contract.GetGenericTypeDefinition() == typeof(IEmModel<,>)
               select (model, contract.GetGenericArguments()[0], contract.GetGenericArguments()[1]),
        ];
        Assert.True(models.Length >= 4, $"Expected several models, found {models.Length}.");
        List<string> found = [];
        foreach ((Type model, Type parameters, Type chunk) in models)
        {
            try
            {
                StateShape.Check(parameters);
                StateShape.Check(chunk);
            }
            catch (NotSupportedException cause)
            {
                found.Add($"{StateShape.Pretty(model)}: {cause.Message}");
            }
        }
        Assert.True(found.Count == 0, string.Join(Environment.NewLine, found));
    }

    /// <summary>A mixture of what there is; a generic model of another kind is tried with the same.</summary>
    private static Type? Close(Type type)
    {
        try
        {
            return type.MakeGenericType([.. type.GetGenericArguments().Select(_ => typeof(Gaussian))]);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
