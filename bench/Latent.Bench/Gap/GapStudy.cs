using System.Globalization;
using Latent.Engine;

namespace Latent.Bench.Gap;

/// <summary>
/// How honest the reported gap is: along every run, the gain that the stopping rule says is left over the one that is, at all accepted passes with 10⁻⁸ to 10⁻² nats to go, and
/// what is left when the run says that it has converged.
/// </summary>
internal static class GapStudy
{
    private const double Exact = 1e-11;
    private const int MaxPasses = 20_000;

    public static void Run()
    {
        Console.WriteLine($"{"problem",-24} {"method",-8} {"within [0.3, 3]",16} {"least",9} {"median",9} {"most",9} {"left at stop",13} {"passes",7}");
        foreach ((string method, Accelerator accelerator) in new[] { ("plain EM", Accelerator.None), ("default", Accelerator.Default) })
        {
            (int near, int seen) = (0, 0);
            foreach (GapProblem problem in GapProblem.All())
            {
                (int itsNear, int itsSeen) = Study(problem, method, accelerator);
                (near, seen) = (near + itsNear, seen + itsSeen);
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"all",-24} {method,-8} {near,7} of {seen,-5} {100.0 * near / seen:F1} %"));
        }
    }

    private static (int Near, int Seen) Study(GapProblem problem, string method, Accelerator accelerator)
    {
        FixedPointIteration exact = new(problem.Map(), problem.Start, accelerator, StoppingRule.RemainingGain(Exact));
        while (exact.Passes < MaxPasses && exact.Step() is null)
        {
        }
        FixedPointIteration run = new(problem.Map(), problem.Start, accelerator, StoppingRule.RemainingGain());
        List<double> ratios = [];
        while (run.Passes < MaxPasses && run.Step() is null)
        {
            double truth = exact.Objective - run.Objective;
            if (run.LastOutcome == PassOutcome.Accepted && truth is < 1e-2 and > 1e-8)
            {
                ratios.Add(run.RemainingGain / truth);
            }
        }
        ratios.Sort();
        int near = ratios.Count(ratio => ratio is >= .3 and <= 3);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{problem.Name,-24} {method,-8} {near,7} of {ratios.Count,-5} {At(0),9:G3} {At(.5),9:G3} {At(1),9:G3} {exact.Objective - run.Objective,13:E1} {run.Passes,7}"));
        return (near, ratios.Count);

        double At(double share) => ratios.Count == 0 ? double.NaN : ratios[(int)(share * (ratios.Count - 1))];
    }
}
