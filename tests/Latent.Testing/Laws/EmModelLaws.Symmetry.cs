using Xunit;
using Xunit.Sdk;

namespace Latent.Testing;

public abstract partial class EmModelLaws<TParameters, TChunk>
{
    /// <summary>The parameters with their components reordered: component i of the answer is component permutation[i] of the question.</summary>
    protected virtual TParameters Relabel(TParameters parameters, int[] permutation) => throw new NotSupportedException("This model has no interchangeable components.");

    /// <summary>The number of interchangeable components that <see cref="Relabel"/> permutes.</summary>
    protected virtual int Components(TParameters parameters) => throw new NotSupportedException("This model has no interchangeable components.");

    /// <summary>Changes of origin and units with a known effect.</summary>
    protected virtual IReadOnlyList<AffineImage<TParameters, TChunk>> AffineImages => throw new NotSupportedException("This model has no change of units.");

    /// <summary>Data that no model fits well; each must end in numbers or in a named error.</summary>
    protected virtual IReadOnlyList<DegenerateCase<TChunk>> DegenerateData => throw new NotSupportedException("This model states no degenerate data.");

    /// <summary>
    /// A fit of degenerate data: everything it returns, as numbers. By default batch EM from <see cref="Parameters"/>; a model
    /// with an entry of its own, with starts and policies, overrides it.
    /// </summary>
    protected virtual IReadOnlyList<double> FitDegenerate(IReadOnlyList<TChunk> data)
    {
        EmResult<TParameters> result = Em.Fit(Model, new ChunkList<TChunk>(data), Parameters(new Random(Seed)), new EmOptions { MaxIterations = 50, Threads = 1 });
        return [.. Flatten(result.Parameters), result.Objective, result.LogLikelihood];
    }

    /// <summary>The names of components mean nothing: relabelled parameters have the same log-likelihood and the relabelled M-step.</summary>
    [Law(Needs = nameof(Relabel))]
    public void RelabellingChangesNothing()
    {
        Random random = new(Seed + 50);
        TParameters parameters = Parameters(random);
        TChunk data = Draw(random, Observations);
        int count = Components(parameters);
        int[] permutation = [.. Enumerable.Range(1, count).Select(component => component % count)];
        TParameters relabelled = Relabel(parameters, permutation);
        Assert.NotEqual(Flatten(parameters), Flatten(relabelled));

        Close.Equal(Objective(parameters, data), Objective(relabelled, data), SumTolerance * (1 + Math.Abs(Objective(parameters, data))), "objective");
        Close.Equal(Flatten(Relabel(Step(parameters, data), permutation)), Flatten(Step(relabelled, data)), 1e-9, what: "parameters");
    }

    /// <summary>Other units, other origin, same answer: EM commutes with every change of <see cref="AffineImages"/>.</summary>
    [Law(Needs = nameof(AffineImages))]
    public void UnitsDoNotMatter()
    {
        Assert.NotEmpty(AffineImages);
        foreach (AffineImage<TParameters, TChunk> image in AffineImages)
        {
            Random random = new(Seed + 51);
            TParameters parameters = Parameters(random);
            TChunk data = Draw(random, Observations);
            TChunk imageData = image.Data(data);
            TParameters imageParameters = image.Forward(parameters);
            double jacobian = image.LogJacobian(data);
            for (int iteration = 0; iteration < 5; iteration++)
            {
                double expected = Expect(parameters, data).LogLikelihood - jacobian;
                Close.Equal(expected, Expect(imageParameters, imageData).LogLikelihood, image.Tolerance * (1 + Math.Abs(expected) + Math.Abs(jacobian)), $"log-likelihood under {image.Name}");
                parameters = Step(parameters, data);
                imageParameters = Step(imageParameters, imageData);
                Close.Equal(Flatten(parameters), Flatten(image.Back(imageParameters)), image.Tolerance, what: $"parameters under {image.Name}");
            }
        }
    }

    /// <summary>
    /// Data of too few rows, constant, equal, missing, extreme or none end in finite numbers or in an error with a name
    /// (<see cref="ArgumentException"/>, <see cref="NumericalException"/>, or one of bad data): never in NaN, never in another exception.
    /// </summary>
    [Law(Needs = nameof(DegenerateData))]
    public void DegenerateDataEndInNumbersOrANamedError()
    {
        List<string> failures = [];
        foreach (DegenerateCase<TChunk> degenerate in DegenerateData)
        {
            try
            {
                IReadOnlyList<double> numbers = FitDegenerate(degenerate.Data);
                if (numbers.Any(number => !double.IsFinite(number)))
                {
                    failures.Add($"{degenerate.Name}: found {string.Join(", ", numbers)}");
                }
            }
            catch (Exception exception) when (exception is ArgumentException or NumericalException or InvalidDataException or FormatException)
            {
                if (exception.Message.Length < 20)
                {
                    failures.Add($"{degenerate.Name}: an error without words: {exception.Message}");
                }
            }
            catch (Exception exception)
            {
                failures.Add($"{degenerate.Name}: {exception.GetType().Name}: {exception.Message}");
            }
        }
        Assert.NotEmpty(DegenerateData);
        if (failures.Count > 0)
        {
            throw new XunitException($"Expected finite numbers or a named error, found:{Environment.NewLine}{string.Join(Environment.NewLine, failures)}");
        }
    }
}
