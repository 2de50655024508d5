using FleetProf.Analyzer;
using FleetProf.Analyzer.Confinement;

return AnalyzeCommand.Run(args, Console.Out, Console.Error, SelfConfinement.Enter);
