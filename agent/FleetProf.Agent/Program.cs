using FleetProf.Agent;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder(args);
builder.AddAgent();
using var host = builder.Build();
await host.RunAsync();
return 0;
