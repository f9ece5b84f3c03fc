using CrmPortal.Core.Imports;
using CrmPortal.Core.Platform.Jobs;
using CrmPortal.Tests.Support;

namespace CrmPortal.Tests.Imports;

/// <summary>The steps of an import as a person takes them, with the jobs done at once.</summary>
internal static class ImportSteps
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    extension(TestScope scope)
    {
        public ImportService Imports => scope.Get<ImportService>();

        public async Task<long> UploadAsync(string path)
        {
            await using var file = File.OpenRead(path);
            return await scope.Imports.UploadAsync(Path.GetFileName(path), file, file.Length, null, Token);
        }

        public Task<long> UploadTextAsync(string text, string name = "file.csv") =>
            scope.UploadBytesAsync(System.Text.Encoding.UTF8.GetBytes(text), name);

        public async Task<long> UploadBytesAsync(byte[] bytes, string name = "file.csv")
        {
            await using var file = new MemoryStream(bytes);
            return await scope.Imports.UploadAsync(name, file, bytes.Length, null, Token);
        }

        /// <summary>Checks by the proposed plan, or a change of it.</summary>
        public async Task<ImportResult> CheckAsync(long id, Func<ImportPlan, ImportPlan>? change = null)
        {
            var plan = (await scope.Imports.GetAsync(id, Token))!.Plan;
            return await scope.EndAsync(id, await scope.Imports.StartCheckAsync(id, change?.Invoke(plan) ?? plan, Token));
        }

        public async Task<ImportResult> PublishAsync(long id)
        {
            return await scope.EndAsync(id, await scope.Imports.StartPublishAsync(id, Token));
        }

        /// <summary>All steps by the proposed plan, or a change of it.</summary>
        public async Task<ImportResult> ImportAsync(string text, Func<ImportPlan, ImportPlan>? change = null)
        {
            var id = await scope.UploadTextAsync(text);
            await scope.CheckAsync(id, change);
            return await scope.PublishAsync(id);
        }

        private async Task<ImportResult> EndAsync(long id, long job)
        {
            // A program that runs beside the test may have taken the job.
            while (await scope.Get<JobService>().GetAsync(job, Token) is { IsOver: false })
            {
                await scope.Get<JobRunner>().RunWaitingAsync(Token);
                await Task.Yield();
            }

            var import = (await scope.Imports.GetAsync(id, Token))!;
            Assert.Null(import.Fault);
            return import.Result!;
        }
    }
}
