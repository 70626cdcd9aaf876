// openapi-typescript writes its output with the compiler API, which TypeScript 7 no longer has: it gets its own 5.9.
module.exports = {
  hooks: {
    readPackage(pkg) {
      if (pkg.name === 'openapi-typescript') {
        delete pkg.peerDependencies.typescript
        pkg.dependencies.typescript = '5.9.3'
      }
      return pkg
    },
  },
}
