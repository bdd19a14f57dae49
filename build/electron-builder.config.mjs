const architectures = ['x64', 'arm64']

/**
 * Each format for each architecture.
 *
 * @param {string[]} formats - electron-builder's names.
 */
const targets = (...formats) => formats.map((target) => ({ target, arch: architectures }))

/** How Bidual is packaged (`npm run package`); a test holds it against electron-builder's own schema. */
export default {
  appId: 'org.bidual.Bidual',
  productName: 'Bidual',
  copyright: 'Bidual contributors, MIT licence',
  directories: { output: 'release', buildResources: 'build/resources' },
  artifactName: '${productName}-${version}-${os}-${arch}.${ext}',

  // Everything is bundled, so no node_modules: what main, preload and worker need lies in these two folders.
  files: [
    'package.json',
    'LICENSE',
    'dist/third-party-licences.txt',
    'dist/electron/**/*',
    'dist/renderer/**/*',
    '!node_modules',
    '!**/*.map',
    // KaTeX offers each font in three formats; Electron takes the first, woff2.
    '!dist/renderer/**/*.{woff,ttf}',
  ],
  beforeBuild: () => false,
  asar: true,
  // Debian's format wants an address, and there is none yet; `.invalid` is reserved for saying so.
  extraMetadata: { homepage: 'https://bidual.invalid' },

  electronFuses: {
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    onlyLoadAppFromAsar: true,
    enableEmbeddedAsarIntegrityValidation: true,
    enableCookieEncryption: true,
    grantFileProtocolExtraPrivileges: false,
  },

  fileAssociations: [
    {
      ext: 'bidual',
      name: 'Bidual experiment',
      description: 'Bidual experiment',
      mimeType: 'application/x-bidual+json',
      role: 'Editor',
    },
  ],

  linux: {
    target: targets('AppImage', 'deb'),
    executableName: 'bidual',
    category: 'Science',
    icon: 'build/resources/icons',
    synopsis: 'Workbench for the convex training of ReLU networks',
    maintainer: 'Bidual contributors <contributors@bidual.invalid>',
  },
  mac: {
    target: targets('dmg'),
    category: 'public.app-category.education',
    icon: 'build/resources/icon.icns',
    hardenedRuntime: true,
    gatekeeperAssess: false,
    entitlements: 'build/resources/entitlements.mac.plist',
    entitlementsInherit: 'build/resources/entitlements.mac.plist',
  },
  win: {
    target: targets('nsis'),
    icon: 'build/resources/icon.ico',
  },
  nsis: {
    oneClick: false,
    perMachine: false,
    allowToChangeInstallationDirectory: true,
    // Experiments and runs are the user's work, not the program's.
    deleteAppDataOnUninstall: false,
  },
}
