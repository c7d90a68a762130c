using Latent.Bench;

string part = args.ElementAtOrDefault(1) ?? "all";
switch (args.FirstOrDefault())
{
    case "kernels":
        KernelTables.Run(part);
        return 0;
    case "mixtures":
        MixtureTables.Run(part);
        return 0;
    default:
        Console.Error.WriteLine("usage: Latent.Bench kernels [exp|full|diagonal|tile] | mixtures [full|diagonal|spherical|tied]");
        return 2;
}
