using System.Globalization;
using Latent.Bench;
using Latent.Bench.Coverage;

switch (args.FirstOrDefault())
{
    case "kernels":
        KernelTables.Run(args.ElementAtOrDefault(1) ?? "all");
        return 0;
    case "coverage":
        CoverageStudy.Run(int.Parse(args.ElementAtOrDefault(1) ?? "1000", CultureInfo.InvariantCulture));
        return 0;
    default:
        Console.Error.WriteLine("usage: Latent.Bench kernels [exp|full|diagonal|tile] | coverage [REPLICATES]");
        return 2;
}
