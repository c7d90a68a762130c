namespace Latent.Tests.Engine.Acceleration;

/// <summary>A map, a start and the optimum that EM reaches from there.</summary>
internal sealed record Problem(string Name, Func<IEmMap> Map, double[] Start, double Maximum)
{
    public static readonly double[] UniformMasses = [.. Enumerable.Repeat(1.0 / 14, 14)];

    public static readonly double[] TenCoefficients = [.. Enumerable.Repeat(10.0, 7)];

    /// <summary>The problems of record, with maps that call points outside the parameter space infeasible.</summary>
    public static readonly Problem[] All =
    [
        new("Hasselblad .3 1 2.5", () => new HasselbladMap(strict: true), [.3, 1, 2.5], HasselbladMap.Maximum),
        new("Hasselblad .9 1 6", () => new HasselbladMap(strict: true), [.9, 1, 6], HasselbladMap.Maximum),
        new("NPMLE", () => new TurnbullMap(strict: true), UniformMasses, TurnbullMap.Maximum),
        new("factors .5", () => new FactorMap(strict: true), FactorMap.Start(.5), FactorMap.Maximum),
        new("factors 1e-8", () => new FactorMap(strict: true), FactorMap.Start(1e-8), FactorMap.Maximum),
        new("remission uniform", () => new RemissionMap(uniform: true), TenCoefficients, RemissionMap.Maximum),
        new("remission adapted", () => new RemissionMap(uniform: false), TenCoefficients, RemissionMap.Maximum),
        Faithful(free: false),
        Faithful(free: true),
    ];

    /// <summary>Faithful with three components from the tertiles of the waiting time; L(start) = −1153.4147857936, L* = −1119.21397059375.</summary>
    public static Problem Faithful(bool free)
    {
        double[] start = new GaussianMixtureMap(FaithfulData.Rows, 3, free).Start(FaithfulData.Tertiles);
        return new(free ? "faithful, free" : "faithful, natural", () => new GaussianMixtureMap(FaithfulData.Rows, 3, free), start, -1119.21397059375);
    }

    public AccelerationResult Solve(Accelerator method, StoppingRule? rule = null, int maxPasses = 20_000) =>
        Em.Accelerate(Map(), Start, new AccelerationOptions
        {
            Method = method,
            Stopping = rule ?? StoppingRule.RemainingGain(),
            MaxPasses = maxPasses,
        });
}
